"""What crosses the API, as this client sees it; fields that it does not know are passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Ranges = list[tuple[int, int]]

UNFINISHED = ("receiving", "assembling")


@dataclass(frozen=True)
class User:
    """An account, as far as a client shows it."""

    id: str
    email: str
    plan: str
    role: str


@dataclass(frozen=True)
class NewUpload:
    """A file to come. `fragment_size` in bytes; None leaves it or the bucket to the server."""

    file_name: str
    size: int
    content_type: str = "application/octet-stream"
    mode: str = "direct"
    fragment_size: int | None = None
    bucket: str | None = None

    def body(self) -> Json:
        """The file's share of `POST /v1/uploads`; what is None is left out."""
        body = {
            "file_name": self.file_name,
            "size": self.size,
            "content_type": self.content_type,
            "mode": self.mode,
        }
        optional = {"fragment_size": self.fragment_size, "bucket": self.bucket}
        return body | {name: value for name, value in optional.items() if value is not None}


@dataclass(frozen=True)
class Fragment:
    """Where one fragment goes. `good_until` is a `time.monotonic()`."""

    number: int
    offset: int
    size: int
    url: str
    headers: dict[str, str]
    good_until: float


@dataclass(frozen=True)
class Upload:
    """An upload and its progress; `missing` holds inclusive ranges of fragment numbers."""

    id: str
    file_name: str
    size: int
    content_type: str
    mode: str
    status: str
    fragment_size: int
    fragment_count: int
    expires_at: str
    file_id: str | None
    failure: Json | None
    missing: Ranges
    received_bytes: int
    fragments: tuple[Fragment, ...] = ()

    @classmethod
    def of(cls, said: Json, fragments: Iterable[Fragment] = ()) -> Upload:
        """Read an answer; in lists the progress is left out."""
        names = (
            *("id", "file_name", "size", "content_type", "mode", "status", "fragment_size"),
            *("fragment_count", "expires_at", "file_id", "failure"),
        )
        return cls(
            **{name: said[name] for name in names},
            missing=[(first, last) for first, last in said.get("missing", [])],
            received_bytes=said.get("received_bytes", 0),
            fragments=tuple(fragments),
        )

    def offset(self, number: int) -> int:
        """Where fragment `number` begins in the file, in bytes; numbers run from 1."""
        return (number - 1) * self.fragment_size

    def length(self, number: int) -> int:
        """Bytes of fragment `number`; the last one may be smaller."""
        return min(self.fragment_size, self.size - self.offset(number))


@dataclass(frozen=True)
class File:
    """A finished file; `checksums` are base64 of the big-endian digests."""

    id: str
    file_name: str
    size: int
    content_type: str
    checksums: dict[str, str]
    created_at: str
    bucket: str = "default"

    @classmethod
    def of(cls, said: Json) -> File:
        """Read an answer."""
        names = ("id", "file_name", "size", "content_type", "checksums", "created_at")
        return cls(**{name: said[name] for name in names}, bucket=said.get("bucket", "default"))


@dataclass(frozen=True)
class Link:
    """A temporary link to a file. Its `url` is told once, when it is made; "" ever after.

    `max_downloads` None: any number.
    """

    id: str
    file_id: str
    created_at: str
    expires_at: str
    max_downloads: int | None
    downloads: int
    url: str = field(default="", repr=False)

    @classmethod
    def of(cls, said: Json) -> Link:
        """Read an answer."""
        names = ("id", "file_id", "created_at", "expires_at", "max_downloads", "downloads")
        return cls(**{name: said[name] for name in names}, url=said.get("url", ""))


@dataclass(frozen=True)
class Image:
    """A picture among the files. Until it is `ready`, and when it is `refused`, much is None.

    `width` and `height` in pixels, as displayed; each of `thumbnails` has height, width,
    content_type, size (bytes) and url.
    """

    file_id: str
    name: str
    status: str
    refusal: str | None
    width: int | None
    height: int | None
    thumbnails: list[Json]
    original_url: str | None

    @classmethod
    def of(cls, said: Json) -> Image:
        """Read an answer."""
        known = {name: said[name] for name in ("file_id", "name", "status")}
        known |= {name: said.get(name) for name in ("width", "height", "original_url")}
        thumbnails = said.get("thumbnails") or []
        return cls(**known, refusal=_reason(said.get("refusal")), thumbnails=thumbnails)


@dataclass(frozen=True)
class Bucket:
    """Where files are kept; of `default`, which is nobody's, there is no more than the name."""

    name: str
    region: str | None
    created_at: str | None

    @classmethod
    def of(cls, said: Json) -> Bucket:
        """Read an answer."""
        return cls(said["name"], said.get("region"), said.get("created_at"))


def _reason(said: object) -> str | None:
    """The sentence of a refusal, which may come with a code as an upload's failure does."""
    if isinstance(said, dict):
        return str(said.get("detail") or said.get("code") or "")
    return None if said is None else str(said)


def numbers(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Every number of inclusive ranges, in their order: [(1, 2), (5, 5)] gives 1, 2, 5."""
    for first, last in ranges:
        yield from range(first, last + 1)


def count(ranges: Iterable[tuple[int, int]]) -> int:
    """How many numbers the ranges hold, without walking through them."""
    return sum(last - first + 1 for first, last in ranges)
