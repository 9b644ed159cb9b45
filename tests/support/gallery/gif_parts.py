"""GIF by hand.

Source: GIF89a specification (CompuServe, 1990), sections 17 to 27.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

# Four colours, for pictures of 2 bits; the first one is clear where a frame says so.
PALETTE = bytes([0, 0, 0, 230, 20, 20, 20, 170, 40, 30, 40, 220])
TRAILER = b";"


def head(width: int, height: int, palette: bytes = PALETTE, version: bytes = b"GIF89a") -> bytes:
    """Write the signature, the screen and a palette of 2, 4, 8 .. colours, or none."""
    size = (len(palette) // 3).bit_length() - 2
    flags = 0x80 | size if palette else 0
    return version + struct.pack("<HHBBB", width, height, flags, 0, 0) + palette


def forever() -> bytes:
    """Write the extension that makes an animation loop without end."""
    return b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"


def control(delay: int = 10, disposal: int = 0, clear: int | None = None) -> bytes:
    """Write what holds for the next frame; the delay is in hundredths of a second."""
    flags = disposal << 2 | (clear is not None)
    return b"\x21\xf9\x04" + struct.pack("<BHB", flags, delay, clear or 0) + b"\0"


def comment(text: bytes) -> bytes:
    """Write a comment of any length."""
    return b"\x21\xfe" + blocks(text)


def blocks(data: bytes) -> bytes:
    """Cut data into blocks of up to 255 bytes, each behind its length."""
    cut = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes([len(block)]) + block for block in cut) + b"\0"


def frame(
    box: tuple[int, int, int, int], colour: int, palette: bytes = b"", data: bytes | None = None
) -> bytes:
    """Write a frame of one colour at left, top, of width, height."""
    size = (len(palette) // 3).bit_length() - 2
    flags = 0x80 | size if palette else 0
    pixels = _lzw(colour, box[2] * box[3]) if data is None else data
    return b"," + struct.pack("<4HB", *box, flags) + palette + b"\2" + blocks(pixels)


def _lzw(colour: int, count: int) -> bytes:
    """Say a colour below 4 `count` times, in codes of 3 bits; the table is cleared in time."""
    packed = bits = 0
    out = bytearray()
    for code in _codes(colour, count):
        packed |= code << bits
        bits += 3
        while bits >= 8:
            out.append(packed & 255)
            packed >>= 8
            bits -= 8
    return bytes(out) + bytes([packed])


def _codes(colour: int, count: int) -> Iterator[int]:
    clear, end = 4, 5
    for at in range(count):
        # Codes grow to 4 bits when there are 8 of them: two pixels after each clearing.
        if at % 2 == 0:
            yield clear
        yield colour
    yield end
