"""A file back from the server: to a name of its own first, checked, then put in place at once."""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from fragua_client import names
from fragua_client.client import Client
from fragua_client.digest import Digest, Running
from fragua_client.errors import Damaged, Refused, Unreachable, Unusable
from fragua_client.models import File
from fragua_client.reporting import Meter, Reporter, Silent
from fragua_client.retry import persist, transient

_BLOCK = 2**20


@dataclass(frozen=True)
class Downloaded:
    """Where the file is now, and what its bytes add up to. `resumed_at` is in bytes."""

    path: Path
    file: File
    digest: Digest
    resumed_at: int


def find(client: Client, which: str) -> File:
    """A file by its id or its exact name; `Unusable` when there is none, or more than one."""
    absent: Refused | None = None
    try:
        return client.file(str(uuid.UUID(which)))
    except ValueError:
        pass
    except Refused as error:
        # Sums of 128 bits look like ids, and people name files by them.
        if error.status != 404:
            raise
        absent = error
    found = [file for file in client.files(name=which) if file.file_name == which]
    if not found:
        raise absent or Unusable(f"No file of yours is called {which}")
    if len(found) > 1:
        listed = "\n".join(f"  {file.id}  {file.created_at}" for file in found[:20])
        raise Unusable(f"{len(found)} files are called {which}; name one by its id:\n{listed}")
    return found[0]


def download(
    client: Client,
    file: File,
    target: Path | None = None,
    *,
    force: bool = False,
    reporter: Reporter | None = None,
) -> Downloaded:
    """Download to `target`, a file or a folder; `Unusable` rather than overwrite without `force`.

    An interrupted one is resumed. `Damaged` when the bytes are not the file's: then none stay.
    """
    path = _place(file, target)
    _refuse_to_overwrite(path, force=force)
    part = path.with_name(names.checked(f".fragua-{file.id}.part"))
    with _claimed(part) as opened:
        running = _what_is_there(opened, file)
        resumed_at = running.size
        meter = (reporter or Silent()).begin(file.file_name, file.size, resumed_at)
        try:
            _fetch(client, file, opened, running, meter)
        finally:
            meter.close()
        digest = running.digest()
        _check(part, file, digest)
        # A disk may turn out to be full only now; until then the older file stays.
        opened.flush()
        os.fsync(opened.fileno())
        _refuse_to_overwrite(path, force=force)
        part.replace(path)
    return Downloaded(path, file, digest, resumed_at)


def _place(file: File, target: Path | None) -> Path:
    # The server's word for a name is not trusted with a path.
    if target is None:
        return Path(names.checked(file.file_name))
    return target / names.checked(file.file_name) if target.is_dir() else target


def _refuse_to_overwrite(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise Unusable(f"{path} is a folder")
    if not force and os.path.lexists(path):
        raise Unusable(f"{path} is there already; --force replaces it")


@contextmanager
def _claimed(part: Path) -> Iterator[BinaryIO]:
    """The partial file, open and locked."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "r+b") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable("Another fragua is downloading this file just now") from None
        yield opened


def _what_is_there(opened: BinaryIO, file: File) -> Running:
    """The sums over what an interrupted download has left; reading it leads to its end."""
    running = Running()
    while block := opened.read(_BLOCK):
        running.add(block)
    # Without a sum to check the whole by, nothing is put together from two halves.
    if running.size > file.size or not Digest.can_check(file.checksums):
        opened.seek(0)
        opened.truncate()
        return Running()
    return running


def _fetch(client: Client, file: File, opened: BinaryIO, running: Running, meter: Meter) -> None:
    """Read on from wherever the bytes end, with a fresh URL after each interruption.

    As long as bytes come the patience begins anew.
    """
    while running.size < file.size:
        before = running.size

        def attempt() -> httpx.Response:
            return _stream(client, file, opened, running, meter)

        try:
            answer = persist(attempt, client.patience, _again, sleep=client.sleep)
        except Unreachable:
            if running.size == before:
                raise
            continue
        if answer.status_code not in (200, 206):
            detail = f"The store answered {answer.status_code}."
            raise Refused(answer.status_code, {"detail": detail})
        if running.size == before:
            raise Damaged(f"The store has only {running.size} of {file.size} bytes")


def _again(answer: httpx.Response) -> bool:
    return answer.status_code == 403 or transient(answer)


def _stream(
    client: Client, file: File, opened: BinaryIO, running: Running, meter: Meter
) -> httpx.Response:
    url = client.download_url(file.id)
    headers = {"range": f"bytes={running.size}-"} if running.size else {}
    with client.store.stream("GET", url, headers=headers) as answer:
        if answer.status_code == (206 if running.size else 200):
            for block in answer.iter_raw(_BLOCK):
                opened.write(block)
                running.add(block)
                meter.advance(len(block))
                if running.size > file.size:
                    raise Damaged(f"The store sent more than the file's {file.size} bytes")
        elif answer.status_code == 200:
            # A store without ranges: better to say so than to mix two beginnings.
            raise Damaged("The store can't send the rest of a file; remove the .part file")
        return answer


def _check(part: Path, file: File, digest: Digest) -> None:
    wrong = digest.differs_from(file.checksums)
    if digest.size != file.size:
        wrong = "length"
    if wrong:
        part.unlink(missing_ok=True)
        raise Damaged(f"The {wrong} of what arrived is not the file's; it was thrown away")
