"""What our code takes for granted of S3, asked of the store that the tests run against.

Each claim is S3's own: "Authenticating requests: query parameters", "Checking object integrity"
and the pages of UploadPart, CompleteMultipartUpload, ListParts and PutObject in its documentation.
"""

from __future__ import annotations

import os
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fragua import aws, clock
from fragua.errors import Refused
from fragua.presigning import presign
from fragua.settings import settings
from fragua.uploads import objects
from fragua.uploads.objects import Part
from fragua.uploads.upload import Upload
from tests.support.backend import MIB

DATA = os.urandom(5 * MIB + 7)


def crc32(data: bytes) -> str:
    return b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


@pytest.fixture
def upload(backend: dict[str, str]) -> Iterator[Upload]:
    """An upload of two fragments that has begun."""
    begun = objects.begin(new(len(DATA), 5 * MIB))
    yield begun
    objects.abort(begun)


def new(size: int, fragment_size: int, **more: Any) -> Upload:
    now = clock.timestamp()
    values: dict[str, Any] = {
        "owner_id": uuid4(),
        "upload_id": uuid4(),
        "file_name": "a",
        "size": size,
        "content_type": "a/b",
        "bucket": "default",
        "mode": "direct",
        "status": "receiving",
        "s3_bucket": settings().default_bucket,
        "fragment_size": fragment_size,
        "algorithm": "crc32",
        "checksums": {},
        "multipart_id": None,
        "created_at": now,
        "seen_at": now,
        **more,
    }
    return Upload(**values)


def put(upload: Upload, number: int, data: bytes, crc: str | None = None) -> httpx.Response:
    """Send bytes to a fragment's URL."""
    (fragment,) = objects.fragment_urls(upload, [number], {number: crc} if crc else None)
    return httpx.put(fragment.url, headers=fragment.headers, content=data)


def put_all(upload: Upload, data: bytes = DATA) -> list[Part]:
    """Send all fragments; return S3's list of them."""
    for number in range(1, upload.cut.count + 1):
        begin = upload.cut.offset(number)
        sent = put(upload, number, data[begin : begin + upload.cut.length(number)])
        assert sent.status_code == 200, sent.text
    return objects.parts(upload) or []


def code(answer: httpx.Response) -> str:
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]


@pytest.mark.parametrize("change", [b"", DATA[:-1], DATA[: 5 * MIB] + b"x", b"x" * 8])
def test_a_fragments_url_takes_exactly_its_length(upload: Upload, change: bytes) -> None:
    assert put(upload, 2, change).status_code == 403
    assert put(upload, 2, DATA[5 * MIB :]).status_code == 200


CHANGES: dict[str, Callable[[str], str]] = {
    "number": lambda url: url.replace("partNumber=2", "partNumber=1"),
    "key": lambda url: url.replace("/files/", "/files/x"),
    "upload": lambda url: url.replace("uploadId=", "uploadId=x"),
    "lifetime": lambda url: url.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000"),
    "signature": lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
    "headers": lambda url: url.replace("content-length%3Bhost", "host"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_url_that_was_changed_is_refused(upload: Upload, change: str) -> None:
    (fragment,) = objects.fragment_urls(upload, [2])
    changed = CHANGES[change](fragment.url)
    assert changed != fragment.url
    assert httpx.put(changed, content=DATA[5 * MIB :]).status_code == 403
    assert objects.parts(upload) == []


def test_a_url_is_good_for_its_method_alone(upload: Upload) -> None:
    (fragment,) = objects.fragment_urls(upload, [2])
    assert httpx.get(fragment.url).status_code == 403


def test_a_url_dies_with_its_time(upload: Upload) -> None:
    then = datetime.now(UTC) - timedelta(seconds=61)
    key, bucket = upload.object_key, upload.s3_bucket
    answer = httpx.get(presign("GET", bucket, key, expires_in=60, now=then))
    assert (answer.status_code, code(answer)) == (403, "AccessDenied")


def test_a_signed_crc_lets_no_other_bytes_in(upload: Upload) -> None:
    tail = DATA[5 * MIB :]
    refused = put(upload, 2, b"another", crc32(tail))
    assert (refused.status_code, objects.parts(upload)) == (400, [])
    assert put(upload, 2, tail, crc32(tail)).status_code == 200


def test_parts_without_a_checksum_are_joined_under_one_of_the_whole(upload: Upload) -> None:
    arrived = put_all(upload)
    objects.complete(upload, arrived, crc32(DATA))
    stored = objects.head(upload)
    assert stored
    assert (stored.size, stored.checksums) == (len(DATA), {"crc32": crc32(DATA)})
    assert objects.belongs(stored, upload.upload_id, len(DATA))


def test_a_whole_of_another_checksum_is_not_joined(upload: Upload) -> None:
    arrived = put_all(upload)
    with pytest.raises(Refused) as refused:
        objects.complete(upload, arrived, crc32(b"other"))
    assert refused.value.code == "BadDigest"
    assert objects.head(upload) is None
    assert objects.parts(upload) == arrived


def test_a_whole_of_another_size_is_not_joined(upload: Upload) -> None:
    arrived = put_all(upload)
    with pytest.raises(Refused) as refused:
        objects.complete(replace(upload, size=len(DATA) + 1), arrived, None)
    assert refused.value.status == 400
    assert objects.head(upload) is None


def test_an_upload_that_was_joined_is_none_any_more(upload: Upload) -> None:
    arrived = put_all(upload)
    objects.complete(upload, arrived, None)
    assert objects.parts(upload) is None
    assert put(upload, 2, DATA[5 * MIB :]).status_code == 404
    objects.abort(upload)


def test_an_upload_that_was_aborted_is_none_any_more(upload: Upload) -> None:
    arrived = put_all(upload)
    objects.abort(upload)
    objects.abort(upload)
    assert objects.parts(upload) is None
    with pytest.raises(Refused) as refused:
        objects.complete(upload, arrived, None)
    assert (refused.value.code, refused.value.status) == ("NoSuchUpload", 404)


def test_an_object_that_is_there_is_not_written_again(backend: dict[str, str]) -> None:
    empty = new(0, 5 * MIB)
    objects.put(empty, b"", None)
    with pytest.raises(Refused) as refused:
        objects.put(empty, b"", None)
    assert (refused.value.code, refused.value.status) == ("PreconditionFailed", 412)
    stored = objects.head(empty)
    assert stored
    assert (stored.size, stored.checksums) == (0, {"crc32": crc32(b"")})


def test_an_object_that_came_meanwhile_is_not_overwritten(upload: Upload) -> None:
    arrived = put_all(upload)
    other = replace(upload, upload_id=upload.upload_id)
    objects.put(other, b"", None)
    with pytest.raises(Refused) as refused:
        objects.complete(upload, arrived, None)
    assert refused.value.code == "PreconditionFailed"


def test_a_part_that_is_sent_again_replaces_the_first(upload: Upload) -> None:
    first = put_all(upload)
    again = put_all(upload, DATA[::-1])
    assert [part.number for part in again] == [1, 2]
    assert {part.etag for part in first}.isdisjoint(part.etag for part in again)


def test_parts_are_listed_page_by_page_after_a_marker(upload: Upload) -> None:
    arrived = put_all(upload)
    where = {"Bucket": upload.s3_bucket, "Key": upload.object_key}
    where["UploadId"] = upload.multipart_id or ""
    first = aws.s3("list_parts", **where, MaxParts=1)
    assert (first["IsTruncated"], first["NextPartNumberMarker"]) == (True, 1)
    rest = aws.s3("list_parts", **where, PartNumberMarker=first["NextPartNumberMarker"])
    listed = [part["PartNumber"] for page in (first, rest) for part in page["Parts"]]
    assert (listed, rest["IsTruncated"]) == ([part.number for part in arrived], False)


def test_a_read_of_the_beginning_is_no_read_of_the_whole(upload: Upload) -> None:
    objects.complete(upload, put_all(upload), None)
    assert b"".join(objects.read(upload, 100)) == DATA[:100]
    assert b"".join(objects.read(upload)) == DATA
