"""CRC-32 of bytes that are never together: the CRC of a whole from those of its pieces.

Appending n zero bytes multiplies a CRC, taken as a polynomial over GF(2), by x^(8n) modulo the
CRC's own polynomial. So the whole costs some multiplications a piece, whatever the pieces' size.
Source: `crc32_combine` of zlib since 1.2.12, which Python's zlib does not show.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import IO

# The polynomial of zlib, PNG and S3's CRC32, lowest power in the highest bit.
_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31
_X = 1 << 30


def whole(pieces: Iterable[tuple[int, int]]) -> int:
    """Return the CRC of pieces one after another, each given as (crc, size in bytes)."""
    total = 0
    for crc, size in pieces:
        total = _times(_shift(size), total) ^ crc
    return total


def of(file: IO[bytes]) -> int:
    """Return the CRC of a file from where it stands, read in pieces."""
    crc = 0
    while piece := file.read(1 << 20):
        crc = zlib.crc32(piece, crc)
    return crc


def text(crc: int) -> str:
    """Write a CRC as HTTP and S3 do: base64 of its 4 bytes, big-endian."""
    return base64.b64encode(crc.to_bytes(4, "big")).decode()


def _times(a: int, b: int) -> int:
    """Multiply two polynomials modulo the CRC's."""
    product = 0
    bit = _ONE
    while a:
        if a & bit:
            product ^= b
            a ^= bit
        bit >>= 1
        b = (b >> 1) ^ _POLYNOMIAL if b & 1 else b >> 1
    return product


@cache
def _square(power: int) -> int:
    """Return x^(2^power)."""
    if power == 0:
        return _X
    half = _square(power - 1)
    return _times(half, half)


@lru_cache(maxsize=1024)
def _shift(size: int) -> int:
    """Return x^(8 * size), which `size` more bytes multiply by: pieces mostly have one size."""
    factor = _ONE
    for power in range(size.bit_length()):
        if size >> power & 1:
            factor = _times(_square(power + 3), factor)
    return factor
