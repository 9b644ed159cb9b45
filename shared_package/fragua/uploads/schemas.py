"""Uploads as they cross HTTP."""

from __future__ import annotations

import base64
import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from fragua.schemas import Answer, FileName, MediaType, Request, Time

Algorithm = Literal["crc32", "crc64nvme", "sha256"]
Mode = Literal["direct", "relay"]
Status = Literal["receiving", "assembling", "ready", "failed", "aborted", "expired"]

_DIGEST_BYTES = {"crc32": 4, "crc64nvme": 8, "sha256": 32}


def _base64_of(value: str, length: int) -> bool:
    try:
        raw = base64.b64decode(value, validate=True)
    except ValueError:
        return False
    # Compared with its own encoding: stray bits at the end would never equal S3's text.
    return len(raw) == length and base64.b64encode(raw).decode() == value


def _crc32(value: str) -> str:
    if not _base64_of(value, 4):
        raise ValueError("must be the base64 text of 4 bytes, big-endian")
    return value


Crc32 = Annotated[str, AfterValidator(_crc32)]


def _digits(value: object) -> object:
    # As part of a path it is text, and pydantic's integers may have signs, points and spaces.
    if isinstance(value, str) and not re.fullmatch("[1-9][0-9]*", value, re.ASCII):
        raise ValueError("must be a number from 1, in plain digits")
    return value


Number = Annotated[int, BeforeValidator(_digits)]


class Checksum(Request):
    """The checksum of a whole file: base64 of the big-endian digest."""

    algorithm: Algorithm
    value: str

    @model_validator(mode="after")
    def _right_length(self) -> Checksum:
        length = _DIGEST_BYTES[self.algorithm]
        if not _base64_of(self.value, length):
            raise ValueError(f"value must be the base64 text of {length} bytes, big-endian")
        return self


class NewUpload(Request):
    """A file to come, `fragment_size` in bytes.

    Direct: 5 MiB to 5 GiB, at most 10,000 fragments. Relay: 1 byte to 4 MiB, at most 32,768
    fragments, files up to 10 GiB.
    """

    file_name: FileName
    size: Annotated[int, Field(ge=0, lt=2**63)]
    content_type: MediaType = "application/octet-stream"
    bucket: Annotated[str, Field(max_length=63)] = "default"
    fragment_size: int | None = None
    mode: Mode = "direct"
    checksum: Checksum | None = None


class NewUploads(Request):
    """A batch: all of it is created, or nothing."""

    files: Annotated[list[NewUpload], Field(min_length=1, max_length=50)]


class FragmentsWanted(Request):
    """Fragments to get fresh URLs for. A CRC-32 given here is signed into its URL."""

    numbers: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=1000)]
    crc32: Annotated[dict[str, Crc32], Field(default_factory=dict)]


class Completion(Request):
    """What may be said at the end: the checksum of the whole file."""

    checksum: Checksum | None = None


class Failure(Answer):
    """Why an upload failed."""

    code: str
    detail: str


class UploadSummary(Answer):
    """An upload, without what would need a look into the store."""

    id: UUID
    file_name: str
    size: int
    content_type: str
    bucket: str
    mode: Mode
    status: Status
    fragment_size: int
    fragment_count: int
    expires_at: Time
    file_id: UUID | None
    failure: Failure | None


class Upload(UploadSummary):
    """An upload and its progress; ranges are inclusive pairs of fragment numbers."""

    received: list[tuple[int, int]]
    missing: list[tuple[int, int]]
    received_bytes: int


class Fragment(Answer):
    """Where one fragment goes: send exactly `size` bytes from `offset` with these headers."""

    number: int
    offset: int
    size: int
    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str]
    expires_at: Time


class CreatedUpload(Upload):
    """A new upload and the URLs of its first fragments."""

    fragments: list[Fragment]


class CreatedUploads(Answer):
    """The uploads of a batch, in its order."""

    uploads: list[CreatedUpload]


class Fragments(Answer):
    """Fresh URLs."""

    fragments: list[Fragment]


class UploadPage(Answer):
    """A page of uploads, newest first."""

    items: list[UploadSummary]
    next_cursor: str | None
