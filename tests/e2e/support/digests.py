"""Digests as the contract writes them: base64 of the big-endian bytes."""

import hashlib
import zlib
from base64 import b64encode
from functools import cache, reduce

CRC64NVME = 0x9A6C9329AC4BC9B5  # NVM Express command set 1.0, 5.2.1.3.4, reflected


def crc32(data: bytes) -> str:
    """CRC-32 as in zlib."""
    return b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def sha256(data: bytes) -> str:
    """SHA-256."""
    return b64encode(hashlib.sha256(data).digest()).decode()


@cache
def _table() -> list[int]:
    return [reduce(_shift, range(8), byte) for byte in range(256)]


def _shift(remainder: int, _: int) -> int:
    return remainder >> 1 ^ (CRC64NVME if remainder & 1 else 0)


def crc64nvme(data: bytes) -> str:
    """CRC-64/NVME in pure Python: for small data only."""
    table, crc = _table(), (1 << 64) - 1
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return b64encode((crc ^ ((1 << 64) - 1)).to_bytes(8, "big")).decode()


DIGEST = {"crc32": crc32, "crc64nvme": crc64nvme, "sha256": sha256}


def checksum(algorithm: str, data: bytes) -> dict[str, str]:
    """The contract's `checksum` object for these bytes."""
    return {"algorithm": algorithm, "value": DIGEST[algorithm](data)}
