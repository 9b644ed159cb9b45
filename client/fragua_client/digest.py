"""CRC-32 and SHA-256 of a whole file in one pass of its own, beside the sending.

One pass for both, in file order: a SHA-256 can't be put together from fragments that leave in any
order. It is cheap: the operating system has the bytes in memory once for this and for the sending,
and both sums run outside of Python's lock, at many times the speed of a network.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_BLOCK = 2**20
# Of the API's algorithms; the standard library has no CRC-64/NVME.
_KNOWN = ("crc32", "sha256")


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


@dataclass(frozen=True)
class Digest:
    """What a file's bytes add up to."""

    size: int
    crc32: int
    sha256: bytes

    def base64(self, algorithm: str) -> str:
        """As the API writes it: base64 of the big-endian digest."""
        return b64encode(self.sha256 if algorithm == "sha256" else self._crc32_bytes).decode()

    @property
    def _crc32_bytes(self) -> bytes:
        return self.crc32.to_bytes(4, "big")

    @property
    def crc32_hex(self) -> str:
        """Eight hexadecimal digits."""
        return self._crc32_bytes.hex()

    @staticmethod
    def can_check(checksums: dict[str, str]) -> bool:
        """Whether one of the API's checksums is of a kind that is computed here."""
        return any(algorithm in checksums for algorithm in _KNOWN)

    def differs_from(self, checksums: dict[str, str]) -> str | None:
        """The first of the API's checksums that is another one, or None when all known agree."""
        for algorithm in _KNOWN:
            if checksums.get(algorithm, self.base64(algorithm)) != self.base64(algorithm):
                return algorithm
        return None


class Running:
    """Both sums over bytes that come one block after the other."""

    def __init__(self) -> None:
        self.size = 0
        self._crc32 = 0
        self._sha256: _Hash = hashlib.sha256()

    def add(self, block: bytes) -> None:
        """The next bytes."""
        self.size += len(block)
        self._crc32 = zlib.crc32(block, self._crc32)
        self._sha256.update(block)

    def digest(self) -> Digest:
        """The sums so far."""
        return Digest(self.size, self._crc32, self._sha256.digest())


class Background:
    """The digest of the file at `path`, computed by a thread from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest: Digest | None = None
        self._error: OSError | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self) -> Digest:
        """Wait for it. Raises what reading the file raised."""
        self._thread.join()
        if self._digest is None:
            raise self._error or OSError(f"{self._path}: not read to its end")
        return self._digest

    def stop(self) -> None:
        """Nobody will ask for the result."""
        self._over.set()

    def _run(self) -> None:
        try:
            self._digest = digest_of(self._path, self._over)
        except OSError as error:
            self._error = error


def digest_of(path: Path, over: threading.Event | None = None) -> Digest | None:
    """Read the file once, in blocks of 1 MiB; None when told to stop before the end."""
    running = Running()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if over and over.is_set():
                return None
            running.add(block)
    return running.digest()
