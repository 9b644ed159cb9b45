"""Relayed uploads on the bench: what is left of them, and what their packing cost."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import sqlalchemy as sa
from awscrt.checksums import crc64nvme

from fragua import aws
from fragua.database import reader
from fragua.files.tables import files
from fragua.settings import settings
from fragua.uploads import store
from fragua.uploads.upload import Upload
from tests.support.backend import MIB, Client, message
from tests.support.bench import Bench, assert_whole, closed_upload, crc32, eventually, sha256
from tests.support.events import queue_event
from tests.support.faults import Faults
from tests.support.workers import Worker

# Two parts: fragments 1 and 2 are the first one, fragment 3 with its one byte is the other.
TWO_PARTS = bytes(range(256)) * (32 * 1024) + b"!"
FRAGMENT = 4 * MIB

_PIECE = re.compile(r"/fragments/[^/]+/[^/]+/(\d+)-")


def relayed_upload(client: Client, data: bytes, **more: Any) -> dict[str, Any]:
    """Bring a relayed upload to where the worker takes over."""
    return closed_upload(client, data, **{"mode": "relay", "fragment_size": FRAGMENT, **more})


def kept(client: Client, upload: Mapping[str, Any]) -> Upload:
    """Return what DynamoDB has of an upload."""
    found = store.get(UUID(client.user_id), UUID(upload["id"]))
    assert found is not None
    return found


def fragment_keys(client: Client, upload: Mapping[str, Any]) -> list[str]:
    """List the keys of the fragments' objects that S3 keeps of an upload."""
    prefix = kept(client, upload).fragments_prefix
    listed = aws.s3("list_objects_v2", Bucket=settings().default_bucket, Prefix=prefix)
    return [found["Key"] for found in listed.get("Contents", [])]


def parts_there(client: Client, upload: Mapping[str, Any]) -> set[int]:
    """Return the numbers of the parts that S3 keeps of an upload, of whichever multipart upload."""
    address = {"Bucket": settings().default_bucket, "Key": kept(client, upload).object_key}
    begun = aws.s3("list_multipart_uploads", Bucket=address["Bucket"], Prefix=address["Key"])
    found: set[int] = set()
    for each in begun.get("Uploads", []):
        answer = aws.s3("list_parts", **address, UploadId=each["UploadId"])
        found |= {part["PartNumber"] for part in answer.get("Parts", [])}
    return found


def parts_sent(faults: Faults) -> Counter[int]:
    """Count the UploadPart requests that were seen, by part number."""
    queries = [parse_qs(urlsplit(t).query) for kind, t in faults.targets if kind == "S3 UploadPart"]
    return Counter(int(query["partNumber"][0]) for query in queries)


def fragments_read(faults: Faults) -> Counter[int]:
    """Count how often each fragment was read, by its number."""
    found = [_PIECE.search(t) for kind, t in faults.targets if kind == "S3 GetObject"]
    return Counter(int(match[1]) for match in found if match)


def sweep_until_gone(
    bench: Bench, client: Client, upload: Mapping[str, Any], seconds: float = 20
) -> None:
    """Run the sweeper, as the schedule does, until neither fragments nor parts are left."""

    def left() -> bool:
        return bool(fragment_keys(client, upload) or parts_there(client, upload))

    def look() -> bool:
        bench.start("uploads.sweep", {}).answer()
        return left()

    if left():
        eventually(look, lambda there: not there, seconds)


def declared(data: bytes, algorithm: str) -> dict[str, str]:
    """Make the declaration of a checksum."""
    if algorithm == "crc64nvme":
        value = base64.b64encode(crc64nvme(data).to_bytes(8)).decode()
        return {"algorithm": algorithm, "value": value}
    return {"crc32": crc32, "sha256": sha256}[algorithm](data)


def assert_packed(
    bench: Bench, client: Client, upload: Mapping[str, Any], data: bytes, algorithm: str = "crc32"
) -> None:
    """One whole file with the right checksum, and nothing left of what it was packed from."""
    assert_whole(client, upload, data)
    with reader() as db:
        query = sa.select(files.c.checksums).where(files.c.upload_id == UUID(upload["id"]))
        checksums: dict[str, str] = db.execute(query).scalar_one()
    assert checksums[algorithm] == declared(data, algorithm)["value"]
    sweep_until_gone(bench, client, upload)
    assert parts_there(client, upload) == set()


def last_try(bench: Bench, client: Client, upload: Mapping[str, Any], **environment: str) -> Worker:
    """Start the worker of the dead letters on an upload's message."""
    event = queue_event(message(client.user_id, upload["id"]), receives=5)
    return bench.start("uploads.give_up", event, **environment)


def multiparts(client: Client) -> list[str]:
    """List the multipart uploads that S3 has of an account, by their keys."""
    prefix = f"files/{client.user_id}/"
    begun = aws.s3("list_multipart_uploads", Bucket=settings().default_bucket, Prefix=prefix)
    return [each["Key"] for each in begun.get("Uploads", [])]
