"""One file on its way through an upload, and what came of it."""

from __future__ import annotations

import mimetypes
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fragua_client.digest import Background, Digest
from fragua_client.journal import Entry, Note
from fragua_client.models import File, NewUpload, Upload
from fragua_client.sending import Source

Filled = TypeVar("Filled")


@dataclass(frozen=True)
class Options:
    """How files are sent. `checksum` (crc32 or sha256) is what the server shall verify."""

    mode: str = "direct"
    parallel: int = 4
    fragment_size: int | None = None
    content_type: str | None = None
    checksum: str | None = "crc32"
    bucket: str | None = None

    def new_upload(self, path: Path, size: int) -> NewUpload:
        """What to ask the server for."""
        guessed = self.content_type or mimetypes.guess_type(path.name)[0]
        content_type = guessed or "application/octet-stream"
        where = (self.mode, self.fragment_size, self.bucket)
        return NewUpload(path.name, size, content_type, *where)


@dataclass(frozen=True)
class Outcome:
    """What came of one file. Fragments: in all, there when this run began, sent by this run."""

    path: Path
    error: Exception | None
    file: File | None
    digest: Digest | None
    upload_id: str | None
    fragments: int
    already: int
    sent: int
    seconds: float


@dataclass
class Job:
    """The state of one file; each step fills in what the next one needs."""

    path: Path
    error: Exception | None = None
    source: Source | None = None
    entry: Entry | None = None
    upload: Upload | None = None
    file: File | None = None
    already: int = 0
    sent: int = 0
    _hash: Background | None = None
    _begun_at: float = field(default_factory=time.monotonic)

    @property
    def name(self) -> str:
        """What people call it."""
        return self.path.name

    @property
    def opened(self) -> Source:
        """The open file."""
        return _filled_in(self.source)

    @property
    def claimed(self) -> Entry:
        """Its entry in the journal."""
        return _filled_in(self.entry)

    @property
    def noted(self) -> Note:
        """What stands in that entry."""
        return _filled_in(self.claimed.note)

    @property
    def begun(self) -> Upload:
        """Its upload at the server."""
        return _filled_in(self.upload)

    def hash(self) -> Background:
        """Begin to compute the digest, beside everything else."""
        if self._hash is None:
            self._hash = Background(self.path)
        return self._hash

    def digest(self) -> Digest:
        """Wait for the digest."""
        return self.hash().result()

    def reopen(self) -> None:
        """Look at the file as it is now; what was computed of the old one is void."""
        if self._hash is not None:
            self._hash.stop()
            self._hash = None
        if self.source is not None:
            self.source.close()
        self.source = Source.open(self.path)

    def forget(self) -> None:
        """Nothing is left to resume."""
        self.claimed.forget()

    def close(self) -> None:
        """Let go of everything, also after an interruption."""
        if self._hash is not None:
            self._hash.stop()
        if self.entry is not None:
            self.entry.close()
        if self.source is not None:
            self.source.close()
            self.source = None

    def outcome(self) -> Outcome:
        """What came of it."""
        return Outcome(
            path=self.path,
            error=self.error,
            file=self.file,
            digest=self.digest() if self.error is None else None,
            upload_id=self.upload.id if self.upload else None,
            fragments=self.upload.fragment_count if self.upload else 0,
            already=self.already,
            sent=self.sent,
            seconds=time.monotonic() - self._begun_at,
        )


def _filled_in(value: Filled | None) -> Filled:
    """Return what an earlier step of a job has filled in; our own mistake where it did not."""
    if value is None:
        raise RuntimeError("a step of an upload was left out")
    return value
