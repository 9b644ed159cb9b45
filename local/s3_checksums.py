"""The checksums of S3: algorithms, and what is declared in a request."""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from awscrt.checksums import crc32c, crc64nvme

from local.s3_request import S3Error, S3Request

_PREFIX = "x-amz-checksum-"


def _crc(function: Callable[[bytes, int], int], size: int) -> Callable[[Iterable[bytes]], bytes]:
    def digest(pieces: Iterable[bytes]) -> bytes:
        value = 0
        for piece in pieces:
            value = function(piece, value)
        return value.to_bytes(size, "big")

    return digest


def _hash(name: str) -> Callable[[Iterable[bytes]], bytes]:
    def digest(pieces: Iterable[bytes]) -> bytes:
        # For comparing bytes, not for secrets: FIPS builds refuse SHA-1 otherwise.
        running = hashlib.new(name, usedforsecurity=False)
        for piece in pieces:
            running.update(piece)
        return running.digest()

    return digest


DIGESTS: dict[str, Callable[[Iterable[bytes]], bytes]] = {
    "crc32": _crc(zlib.crc32, 4),
    "crc32c": _crc(crc32c, 4),
    "crc64nvme": _crc(crc64nvme, 8),
    "sha1": _hash("sha1"),
    "sha256": _hash("sha256"),
}
# The CRCs of parts combine to the CRC of the whole; hashes don't.
FULL_OBJECT_ALGORITHMS = {"crc32", "crc32c", "crc64nvme"}


@dataclass(frozen=True)
class Declared:
    """A checksum that a request declares: `value` is base64, maybe with `-parts` behind it."""

    algorithm: str
    value: str

    def matches(self, pieces: Iterable[bytes]) -> bool:
        """Whether the bytes have it."""
        return self.value.partition("-")[0] == encoded(self.algorithm, pieces)

    def mismatch(self) -> S3Error:
        """S3's answer to other bytes."""
        return S3Error(
            400,
            "BadDigest",
            f"The {self.algorithm.upper()} you specified did not match the calculated checksum.",
        )


def encoded(algorithm: str, pieces: Iterable[bytes]) -> str:
    """The checksum of the joined `pieces` in base64."""
    return base64.b64encode(DIGESTS[algorithm](pieces)).decode()


def declared(request: S3Request) -> Declared | None:
    """The checksum that the request declares for its content, or None.

    Raises S3Error for more than one, and for a value that can't be one.
    """
    given = [
        Declared(algorithm, value)
        for algorithm in DIGESTS
        if (value := request.value(_PREFIX + algorithm)) is not None
    ]
    if len(given) > 1:
        raise S3Error(
            400,
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        )
    for checksum in given:
        _check_form(checksum)
    return given[0] if given else None


def _check_form(checksum: Declared) -> None:
    try:
        decoded = base64.b64decode(checksum.value.partition("-")[0], validate=True)
    except binascii.Error:
        decoded = b""
    if len(decoded) != len(DIGESTS[checksum.algorithm](())):
        raise S3Error(
            400,
            "InvalidRequest",
            f"Value for {_PREFIX}{checksum.algorithm} header is invalid.",
        )
