"""What a person who keeps book of uploads would know of each."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fragua import aws, dynamodb
from fragua.database import reader
from fragua.files.tables import files
from fragua.settings import settings
from fragua.uploads import progress
from tests.support.tables import change

MIB = 2**20
# Mode, size, size of a fragment; the large ones are packed into parts.
SHAPES = [
    *[("relay", 0, 1), ("relay", 1, 1), ("relay", 7, 3), ("relay", 40, 10)] * 6,
    *[("direct", 0, 5 * MIB), ("direct", 9, 5 * MIB)] * 6,
    ("direct", 5 * MIB + 1, 5 * MIB),
    ("relay", 9 * MIB, 4 * MIB),
]


def crc32(data: bytes) -> str:
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


@dataclass
class Model:
    """One upload as a person would keep book of it."""

    upload_id: UUID
    mode: str
    data: bytes
    cut: int
    # The checksum that was declared: right, wrong or none.
    declared: str
    status: str = "receiving"
    fragments: dict[int, bytes] = field(default_factory=dict)
    deleted: bool = False

    def piece(self, number: int) -> bytes:
        return self.data[(number - 1) * self.cut : number * self.cut]

    @property
    def count(self) -> int:
        return -(-len(self.data) // self.cut)

    @property
    def whole(self) -> bytes:
        return b"".join(self.fragments[number] for number in range(1, self.count + 1))

    @property
    def end(self) -> str:
        """What becomes of it once it is closed."""
        right = self.declared == "none" or (self.declared == "right") == (self.whole == self.data)
        return "ready" if right else "failed"

    @property
    def reserved(self) -> int:
        """Bytes of the quota that it holds."""
        gone = self.deleted or self.status in {"failed", "aborted", "expired"}
        return 0 if gone else len(self.data)


def arrived(owner: UUID, model: Model, number: int) -> bool:
    """Whether the server has a fragment."""
    upload = progress.load(owner, model.upload_id)
    return number in {fragment.number for fragment in progress.arrived(upload) or []}


def edit(owner: UUID, model: Model, **values: Any) -> None:
    """Change attributes of an upload's item that it has."""
    key = {"owner_id": owner, "upload_id": model.upload_id}
    item = dynamodb.get(settings().uploads_table, key)
    assert item
    # Nobody looks after an upload that has left the sweeper's index.
    if values := {name: value for name, value in values.items() if name in item}:
        change(settings().uploads_table, key, **values)


def judge(owner: UUID, model: Model) -> None:
    """Compare what is in the database and in the bucket, at the end, with the book."""
    assert model.status != "assembling"
    upload = progress.load(owner, model.upload_id)
    with reader() as db:
        found = db.scalars(
            sa.select(files.c.deleted_at).where(files.c.upload_id == model.upload_id)
        ).all()
    s3, bucket = aws.client("s3"), settings().default_bucket
    objects = {
        each["Key"]
        for prefix in (upload.fragments_prefix, upload.object_key)
        for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    }
    if model.status == "ready" and not model.deleted:
        assert found == [None]
        assert objects == {upload.object_key}
        kept = s3.get_object(Bucket=bucket, Key=upload.object_key)["Body"].read()
        assert kept == model.whole
    elif model.status == "receiving":
        assert found == []
    else:
        assert None not in found
        assert objects == set()
