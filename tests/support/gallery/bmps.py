"""BMP: bits, runs, masks, and headers that lie.

Source: the structures BITMAPFILEHEADER, BITMAPINFOHEADER and BITMAPV4HEADER of Windows.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import cache, partial

from PIL import Image

from tests.support.gallery import scene
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import DAMAGED, SECRET, TOO_LARGE, Exhibit, Ready, Refused
from tests.support.gallery.png_parts import packed, rows

Make = Callable[[], bytes]
PLAIN, RLE8, RLE4, MASKS = range(4)


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    for name, make in _in_colour().items():
        yield Exhibit(f"bmp-{name}", make)
    for name, make in _in_few_colours().items():
        yield Exhibit(f"bmp-{name}", make, Ready(looks=_few_colours))
    two_tone = Ready(looks=scene.two_tone)
    yield Exhibit("bmp-1-bit", lambda: encoded(scene.two_tone(), "BMP"), two_tone)
    for name, make in _broken().items():
        yield Exhibit(f"bmp-{name}", make, Refused(DAMAGED))
    for name, make in _costly().items():
        yield Exhibit(f"bmp-{name}", make, Refused(TOO_LARGE))


def _in_colour() -> dict[str, Make]:
    return {
        "24-bit": _plain,
        "32-bit": lambda: _bmp(_rows(scene.colour(), "BGRX"), bits=32),
        "16-bit": _five_bits,
        "32-bit-masks": _masked,
        "top-down": lambda: _bmp(_rows(scene.colour(), "BGR")[::-1], height=-scene.HEIGHT),
        "os2": _os2,
        "file-size-that-lies": lambda: b"BM\1\0\0\0" + _plain()[6:],
        "garbage-behind-its-end": lambda: _plain() + SECRET * 10_000,
        "named-png": _plain,
    }


def _in_few_colours() -> dict[str, Make]:
    return {"4-bit": partial(_indexed, 4), "8-bit": partial(_indexed, 8), "rle8": _runs}


def _broken() -> dict[str, Make]:
    return {
        "header-only": lambda: _plain()[:54],
        "cut-in-the-middle": lambda: _plain()[:9_000],
        "of-zero-size": lambda: _bmp([], width=0, height=0),
        "of-13-bits": lambda: _bmp([bytes(99)], bits=13),
        "masks-of-one-bit": lambda: _bmp([bytes(99)], struct.pack("<LLL", 1, 2, 4), 32, MASKS),
        "colours-that-are-none": _too_many_colours,
        "rle-cut": lambda: _runs()[:1_500],
        "rle-past-its-edge": lambda: _bmp([b"\xff\1" * 9_000], PLAIN_TABLE, 8, RLE8, width=16),
    }


def _costly() -> dict[str, Make]:
    return {
        # Which is read as 4294967280.
        "of-negative-width": lambda: _bmp([bytes(99)], width=-16, height=16),
        "of-3600-megapixels": lambda: _bmp([bytes(99)], width=60_000, height=60_000),
        "rle-of-3600-megapixels": lambda: _bmp(
            [b"\xff\1" * 9_000], PLAIN_TABLE, 8, RLE8, width=60_000, height=60_000
        ),
    }


PLAIN_TABLE = bytes([0, 0, 0, 0, 255, 255, 255, 0]) * 128


def _plain() -> bytes:
    return encoded(scene.colour(), "BMP")


def _bmp(
    lines: list[bytes],
    table: bytes = b"",
    bits: int = 24,
    compression: int = PLAIN,
    *,
    width: int = scene.WIDTH,
    height: int = scene.HEIGHT,
) -> bytes:
    """Write the header of 40 bytes, what follows it, and rows from the lowest one up."""
    data = b"".join(lines) if compression == RLE8 else _padded(lines)
    colours = len(table) // 4 if compression != MASKS else 0
    info = struct.pack(
        "<LllHHLLllLL", 40, width, height, 1, bits, compression, len(data), 2835, 2835, colours, 0
    )
    begin = 14 + 40 + len(table)
    return b"BM" + struct.pack("<LLL", begin + len(data), 0, begin) + info + table + data


def _padded(lines: list[bytes]) -> bytes:
    """Let each row begin at a multiple of 4 bytes."""
    return b"".join(line + b"\0" * (-len(line) % 4) for line in lines)


def _rows(picture: Image.Image, mode: str) -> list[bytes]:
    data = picture.tobytes("raw", mode)
    length = len(data) // picture.height
    return [data[at : at + length] for at in range(0, len(data), length)][::-1]


def _five_bits() -> bytes:
    """Store 5 bits of each colour, as a header without masks says by 16 bits."""
    lines = []
    for row in rows(scene.colour()):
        pixels = zip(row[0::3], row[1::3], row[2::3], strict=True)
        words = [(r >> 3) << 10 | (g >> 3) << 5 | b >> 3 for r, g, b in pixels]
        lines.append(struct.pack(f"<{len(words)}H", *words))
    return _bmp(lines[::-1], bits=16)


def _masked() -> bytes:
    """Let masks say where red, green and blue are: not where they usually are."""
    masks = struct.pack("<LLL", 0xFF000000, 0x00FF0000, 0x0000FF00)
    return _bmp(_rows(scene.colour(), "XBGR"), masks, 32, MASKS)


def _os2() -> bytes:
    data = _padded(_rows(scene.colour(), "BGR"))
    info = struct.pack("<LHHHH", 12, scene.WIDTH, scene.HEIGHT, 1, 24)
    return b"BM" + struct.pack("<LLL", 26 + len(data), 0, 26) + info + data


@cache
def _quantized() -> Image.Image:
    return scene.colour().quantize(16, dither=Image.Dither.NONE)


def _few_colours() -> Image.Image:
    return _quantized().convert("RGB")


def _table() -> bytes:
    data = bytes(_quantized().getpalette() or ())[: 16 * 3]
    return b"".join(data[at : at + 3][::-1] + b"\0" for at in range(0, len(data), 3))


def _indexed(bits: int) -> bytes:
    lines = [packed(row, bits) for row in rows(_quantized())]
    return _bmp(lines[::-1], _table(), bits)


def _runs() -> bytes:
    """Store runs of equal pixels."""
    lines = [b"".join(_run(row)) + b"\0\0" for row in rows(_quantized())]
    return _bmp([*lines[::-1], b"\0\1"], _table(), 8, RLE8)


def _run(row: bytes) -> Iterator[bytes]:
    begin = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at] != row[begin] or at - begin == 255:
            yield bytes([at - begin, row[begin]])
            begin = at


def _too_many_colours() -> bytes:
    """Say that the palette of a picture of 8 bits has two billion colours."""
    bmp = _indexed(8)
    return bmp[:46] + struct.pack("<L", 2**31 - 1) + bmp[50:]
