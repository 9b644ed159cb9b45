"""PNG by hand: chunks, and rows of any depth.

Source: PNG, third edition (W3C, 2025), sections 5, 8, 9 and 11.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}


def chunk(kind: bytes, data: bytes = b"", *, crc: int | None = None) -> bytes:
    """Write a chunk; with a CRC that may be wrong."""
    right = zlib.crc32(kind + data)
    return struct.pack(">L4s", len(data), kind) + data + (right if crc is None else crc).to_bytes(4)


END = chunk(b"IEND")


def header(width: int, height: int, colour: int = RGB, bits: int = 8, interlace: int = 0) -> bytes:
    """Write the header chunk."""
    fields = struct.pack(">LLBBBBB", width, height, bits, colour, 0, 0, interlace)
    return chunk(b"IHDR", fields)


def png(*chunks: bytes) -> bytes:
    """Write a file of these chunks and the end chunk."""
    return SIGNATURE + b"".join(chunks) + END


def idat(rows: Iterable[bytes]) -> bytes:
    """Write all rows, unfiltered, as one chunk."""
    return chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 6))


def zeros(count: int) -> bytes:
    """Compress zero bytes; what is compressed of a mebibyte can be said again for each of them.

    Source: RFC 1950, 2.2 (the frame), 8.2 (Adler-32: of zeros it is their number, and 1).
    """
    block = bytes(2**20)
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(bytes(count % len(block))) + packer.flush()
    check = (count % 65_521) << 16 | 1
    return b"\x78\xda" + again * (count // len(block)) + rest + check.to_bytes(4)


def rows(picture: Image.Image) -> Iterator[bytes]:
    """Cut a picture's samples, of a byte each, into rows."""
    data = picture.tobytes()
    length = len(data) // picture.height
    return (data[at : at + length] for at in range(0, len(data), length))


def packed(row: bytes, bits: int) -> bytes:
    """Pack samples below 2 ** bits, each of a byte, into bytes."""
    each = 8 // bits
    row += bytes(-len(row) % each)
    columns = [row[at::each] for at in range(each)]
    shifts = [8 - bits * (at + 1) for at in range(each)]
    return bytes(
        sum(sample << shift for sample, shift in zip(samples, shifts, strict=True))
        for samples in zip(*columns, strict=True)
    )


def doubled(row: bytes) -> bytes:
    """Widen samples of 8 bits to 16, so that white stays white."""
    wide = bytearray(2 * len(row))
    wide[0::2] = wide[1::2] = row
    return bytes(wide)


def passes(picture: Image.Image) -> Iterator[bytes]:
    """Cut a picture's rows into the seven passes of Adam7, pass after pass."""
    size = len(picture.getbands())
    whole = list(rows(picture))
    for left, top, right, down in _ADAM7:
        for row in whole[top::down]:
            pixels = [row[at : at + size] for at in range(left * size, len(row), right * size)]
            yield b"".join(pixels)


# First column and row, and the steps, of each pass.
_ADAM7 = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
    (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
)  # fmt: skip
