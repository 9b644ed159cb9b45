"""The fragments of one upload on their way: several at a time, each as often as it takes."""

from __future__ import annotations

import os
import re
import threading
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import httpx

from fragua_client.client import Client
from fragua_client.errors import Changed, FraguaError, Refused
from fragua_client.models import Upload
from fragua_client.reporting import Meter
from fragua_client.retry import persist, transient
from fragua_client.urls import Urls

_BLOCK = 2**18
_STORE_CODE = re.compile(r"<Code>(\w+)</Code>")


class Stopped(FraguaError):
    """Another fragment has failed for good, or somebody pressed Ctrl-C."""


@dataclass(frozen=True)
class Source:
    """An open file and what it was when the upload began."""

    path: Path
    descriptor: int
    size: int
    mtime_ns: int

    @classmethod
    def open(cls, path: Path) -> Source:
        """Open it for reading; whoever opens closes."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        state = os.fstat(descriptor)
        return cls(path, descriptor, state.st_size, state.st_mtime_ns)

    def close(self) -> None:
        """Close the file."""
        os.close(self.descriptor)

    def check(self) -> None:
        """Raise `Changed` when the path leads to other bytes than it did."""
        state = self.path.stat()
        if (state.st_size, state.st_mtime_ns) != (self.size, self.mtime_ns):
            raise self._changed()

    def blocks(self, offset: int, size: int) -> Iterator[bytes]:
        """Read `size` bytes from `offset`, a block at a time; `Changed` when they are not there."""
        end = offset + size
        while offset < end:
            block = os.pread(self.descriptor, min(_BLOCK, end - offset), offset)
            if not block:
                raise self._changed()
            yield block
            offset += len(block)

    def _changed(self) -> Changed:
        return Changed(f"{self.path.name} was changed while it was being sent")


class Sending:
    """Sends fragments of `upload` from `source`; `sent` counts those that arrived."""

    def __init__(self, client: Client, upload: Upload, source: Source, meter: Meter) -> None:
        self._client = client
        self._upload = upload
        self._source = source
        self._meter = meter
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.sent = 0

    def run(self, numbers: Sequence[int], parallel: int) -> None:
        """Return when all have arrived. Raises the first error, and then stops the others."""
        if self._upload.mode == "relay":
            side_by_side(self._relay, numbers, parallel, self._over)
            return
        known, fetch = self._upload.fragments, self._client.fragments
        urls = Urls(lambda batch: fetch(self._upload.id, batch), numbers, known)
        side_by_side(lambda number: self._direct(number, urls), numbers, parallel, self._over)

    def _relay(self, number: int) -> None:
        size = self._upload.length(number)
        # At most 4 MiB by contract.
        data = b"".join(self._source.blocks(self._upload.offset(number), size))
        crc32 = b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
        self._client.relay(self._upload.id, number, data, crc32)
        self._meter.advance(size)
        self._count()

    def _direct(self, number: int, urls: Urls) -> None:
        answer = persist(
            lambda: self._put(number, urls), self._client.patience, _again, sleep=self._pause
        )
        if not answer.is_success:
            raise _refusal(answer)
        self._count()

    def _put(self, number: int, urls: Urls) -> httpx.Response:
        fragment = urls.get(number)
        moved = 0

        def body() -> Iterator[bytes]:
            nonlocal moved
            for block in self._source.blocks(fragment.offset, fragment.size):
                if self._over.is_set():
                    raise Stopped
                yield block
                moved += len(block)
                self._meter.advance(len(block))

        headers = {**fragment.headers, "content-length": str(fragment.size)}
        arrived = False
        try:
            answer = self._client.store.put(fragment.url, content=body(), headers=headers)
            arrived = answer.is_success
        finally:
            if not arrived:
                self._meter.advance(-moved)
        if arrived or answer.status_code == 403:
            urls.drop(fragment)
        return answer

    def _count(self) -> None:
        with self._lock:
            self.sent += 1

    def _pause(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise Stopped


def _again(answer: httpx.Response) -> bool:
    """403: the URL has expired, and there will be a fresh one. 400: our bytes came too slowly."""
    if answer.status_code == 400:
        return _store_code(answer) == "RequestTimeout"
    return answer.status_code == 403 or transient(answer)


def _store_code(answer: httpx.Response) -> str:
    match = _STORE_CODE.search(answer.text)
    return match[1] if match else ""


def _refusal(answer: httpx.Response) -> Refused:
    said = f"{answer.status_code} {_store_code(answer)}".strip()
    return Refused(answer.status_code, {"detail": f"The store answered {said}."})


def side_by_side(
    work: Callable[[int], None], items: Iterable[int], parallel: int, over: threading.Event
) -> None:
    """Do `work` for each item, `parallel` at a time. Sets `over` at the end, whichever it is."""
    todo = iter(items)
    pool = ThreadPoolExecutor(parallel, thread_name_prefix="fragment")
    try:
        running = {pool.submit(work, item) for item in islice(todo, parallel)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for one in done:
                one.result()
            running |= {pool.submit(work, item) for item in islice(todo, len(done))}
    finally:
        over.set()
        # Not waited for: one of them may be in the middle of a long silence of the network.
        pool.shutdown(wait=False, cancel_futures=True)
