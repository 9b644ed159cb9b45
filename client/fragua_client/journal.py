"""What survives a kill: which upload a file on disk belongs to. One small file for each.

An entry is locked as long as somebody works on it, and the kernel unlocks it when that process
dies. It is a journal indeed: each change adds a line, and the last whole line counts, so a kill
in the middle of a write costs nothing.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from fragua_client.errors import Unusable
from fragua_client.models import Json
from fragua_client.session import private_folder

# No descriptor: the system refuses to write to it.
_CLOSED = -1


@dataclass(frozen=True)
class Note:
    """An upload that was begun or is about to be.

    `batch` is the body of the request that begins it, `position` its place there, and `key` the
    request's Idempotency-Key: when the answer was lost, the same request gives the same uploads.
    """

    path: str
    size: int
    mtime_ns: int
    key: str
    batch: list[Json]
    position: int
    begun_at: float
    upload_id: str | None = None

    @property
    def wanted(self) -> Json:
        """The file's own share of the request."""
        return self.batch[self.position]


def read_last(text: str) -> Note | None:
    """The note in the last whole line that holds one; None when there is none."""
    for line in reversed(text.split("\n")[:-1]):
        try:
            return Note(**json.loads(line))
        except (ValueError, TypeError):
            continue
    return None


class Entry:
    """The journal's entry of one file at one server and account; locked until `close`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self.note = read_last(_contents(descriptor))

    def write(self, note: Note) -> None:
        """Note it down, and return once a kill can't undo that."""
        line = (json.dumps(asdict(note)) + "\n").encode()
        if os.write(self._descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        os.fsync(self._descriptor)
        self.note = note

    def forget(self) -> None:
        """There is nothing left to resume; the file itself goes at `close`, with its lock."""
        os.ftruncate(self._descriptor, 0)
        self.note = None

    def close(self) -> None:
        """Let others have it; an entry that says nothing goes."""
        if self._descriptor == _CLOSED:
            return
        if self.note is None:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = _CLOSED


class Journal:
    """The entries of one account at one server, in `folder`."""

    def __init__(self, folder: Path, server: str, account: str) -> None:
        self._folder = folder
        self._owner = (server, account)

    def claim(self, path: Path) -> Entry:
        """The entry of the file at `path`; `Unusable` while another process works on it."""
        identity = json.dumps([*self._owner, os.fsencode(path.resolve()).hex()])
        name = hashlib.sha256(identity.encode()).hexdigest()[:32]
        target = private_folder(self._folder) / f"{name}.jsonl"
        while True:
            descriptor = os.open(target, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            if _locked(descriptor, path) and _still_there(descriptor, target):
                return Entry(target, descriptor)
            # Its owner was done and removed it between our open and our lock.
            os.close(descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Unusable(f"Another fragua is uploading {path.name} just now") from None
    return True


def _still_there(descriptor: int, target: Path) -> bool:
    try:
        return os.path.samestat(target.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _contents(descriptor: int) -> str:
    """Read the whole lines; one that was cut off goes, or the next one would be glued to it."""
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        whole, newline, _ = file.read().rpartition(b"\n")
    os.ftruncate(descriptor, len(whole + newline))
    return (whole + newline).decode(errors="replace")
