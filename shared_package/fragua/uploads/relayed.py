"""Fragments that came through the API: an immutable object in S3 and an item in DynamoDB each.

The object is written first, under a key made of its own bytes, then the item, once: of two senders
with different bytes one is refused, and its bytes never replace the other's.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from uuid import UUID

from fragua import aws, clock, crc32, dynamodb
from fragua.errors import Unavailable
from fragua.settings import settings
from fragua.uploads import store
from fragua.uploads.upload import LONGEST, Upload

# Seconds that an item outlives the longest upload: dead letters wait as long.
_LEEWAY = 21 * 24 * 3600


@dataclass(frozen=True)
class Piece:
    """One relayed fragment: `size` in bytes, `digest` of them, `arrived_at` since 1970."""

    number: int
    size: int
    crc32: int
    digest: str
    arrived_at: float

    @classmethod
    def of(cls, number: int, data: bytes) -> Piece:
        """Describe the bytes of fragment `number` that arrive now."""
        # 128 bits: nobody finds two fragments with one digest.
        digest = hashlib.sha256(data).hexdigest()[:32]
        return cls(number, len(data), zlib.crc32(data), digest, clock.timestamp())

    def key(self, upload: Upload) -> str:
        """Return the key of its object."""
        return f"{upload.fragments_prefix}{self.number}-{self.digest}"


def look(owner_id: UUID, upload_id: UUID, number: int) -> tuple[Upload | None, Piece | None]:
    """Read an upload and one of its fragments in one request, consistently."""
    table = settings().fragments_table
    upload, item = store.get_with(owner_id, upload_id, table, _key(upload_id, number))
    return upload, _piece(item) if item else None


def _key(upload_id: UUID, number: int) -> dynamodb.Item:
    return {"upload_id": upload_id, "number": number}


def _piece(item: dynamodb.Item) -> Piece:
    return Piece(**{field.name: item[field.name] for field in fields(Piece)})


def put(upload: Upload, new: Piece, data: bytes) -> bool:
    """Keep the bytes of a fragment, once; False when other bytes were kept before.

    One request to S3 and one write to DynamoDB.
    """
    address = {"Bucket": upload.s3_bucket, "Key": new.key(upload)}
    checksum = crc32.text(new.crc32)
    aws.s3_send("put_object", **address, Body=data, ChecksumCRC32=checksum)
    kept = dynamodb.put(
        settings().fragments_table,
        {
            **_key(upload.upload_id, new.number),
            **{name: getattr(new, name) for name in ("size", "crc32", "digest", "arrived_at")},
            "ttl": math.ceil(upload.created_at + LONGEST + _LEEWAY),
        },
        "attribute_not_exists(#digest) OR #digest = :digest",
        digest=new.digest,
    )
    if not kept:
        # The item that stands will never name these bytes.
        aws.s3("delete_object", **address)
    return kept


@dataclass(frozen=True)
class Seen:
    """That a fragment has arrived, without what its object needs."""

    number: int
    size: int
    arrived_at: float


def pieces(upload: Upload) -> list[Piece]:
    """List what has arrived, consistently, by number."""
    return [_piece(item) for item in _items(upload, [field.name for field in fields(Piece)])]


def seen(upload: Upload) -> list[Seen]:
    """List what has arrived, like `pieces`, for half the work."""
    cut = upload.cut
    return [
        Seen(item["number"], cut.length(item["number"]), item["arrived_at"])
        for item in _items(upload, ["number", "arrived_at"])
    ]


def _items(upload: Upload, wanted: list[str]) -> Iterator[dynamodb.Item]:
    start: dynamodb.Item | None = None
    while True:
        items, start = dynamodb.query(
            settings().fragments_table,
            "#upload_id = :upload",
            values={"upload": upload.upload_id},
            only=wanted,
            start=start,
        )
        yield from items
        if start is None:
            return


def read_into(upload: Upload, wanted: Piece, target: memoryview) -> None:
    """Read a fragment's bytes into a buffer of its size.

    Raises `Unavailable` when they break off, `Refused` when they are gone, and `Damaged` when they
    are not what was kept.
    """
    answer = aws.s3("get_object", Bucket=upload.s3_bucket, Key=wanted.key(upload))
    if answer["ContentLength"] != wanted.size:
        raise Damaged(wanted)
    position = crc = 0
    for chunk in aws.stream("s3", answer["Body"]):
        target[position : position + len(chunk)] = chunk
        position += len(chunk)
        crc = zlib.crc32(chunk, crc)
    if position != wanted.size:
        raise Unavailable("s3")
    if crc != wanted.crc32:
        raise Damaged(wanted)


class Damaged(Exception):
    """A fragment's object does not hold the bytes that were kept."""

    def __init__(self, damaged: Piece) -> None:
        super().__init__(f"fragment {damaged.number}")


def drop(upload: Upload, pages: int | None = None) -> None:
    """Delete the fragments' objects; harmless when they are gone. The items end by their TTL.

    All of them, or `pages` of a thousand at the most.
    """
    aws.s3_delete_below(upload.s3_bucket, upload.fragments_prefix, pages)
