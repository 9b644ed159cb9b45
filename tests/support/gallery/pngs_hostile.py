"""PNG that is broken, or made to cost."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from tests.support.gallery import png_parts as parts
from tests.support.gallery import scene
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import DAMAGED, SECRET, TOO_LARGE, Exhibit, Ready, Refused

MEGABYTE = 2**20


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    for name, make in (_broken() | _cut_off()).items():
        yield Exhibit(f"png-{name}", make, Refused(DAMAGED))
    for name, make in _bombs().items():
        yield Exhibit(f"png-{name}", make, Refused(TOO_LARGE))
    for name, make in (_bursting() | _harmless()).items():
        yield Exhibit(f"png-{name}", make, Ready(16, 16, looks=None))
    yield Exhibit("png-more-pixels-than-it-says", _overfull, Ready(10, 10, looks=None))
    yield Exhibit("png-rgba-of-77-megapixels", _large, Ready(8_800, 8_800, looks=None))
    yield Exhibit("png-apng-that-lies", _lying_animation)


def _plain() -> bytes:
    return encoded(scene.colour(), "PNG")


def _simple(*between: bytes, data: bytes | None = None) -> bytes:
    pixels = zlib.compress(bytes(16 * 49)) if data is None else data
    return parts.png(parts.header(16, 16), *between, parts.chunk(b"IDAT", pixels))


def _broken() -> dict[str, Callable[[], bytes]]:
    return {
        "wrong-crc-of-header": lambda: _plain().replace(b"IHDR\0\0\1", b"IHDR\0\0\2", 1),
        "wrong-checksum-in-pixels": lambda: _simple(data=zlib.compress(bytes(784))[:-4] + b"xxxx"),
        "unknown-filter": lambda: _simple(data=zlib.compress(b"\x09" * 784)),
        "pixels-not-deflated": lambda: _simple(data=b"not deflated at all" * 40),
        "zero-wide": lambda: parts.png(parts.header(0, 16), parts.chunk(b"IDAT", b"")),
        "two-headers": lambda: parts.png(
            parts.header(100, 100),
            parts.chunk(b"IDAT", zlib.compress(bytes(30_100))),
            parts.header(20, 10),
        ),
        "of-3-bits": lambda: parts.png(parts.header(16, 16, bits=3), parts.chunk(b"IDAT", b"")),
        "without-header": lambda: parts.png(parts.chunk(b"IDAT", zlib.compress(bytes(784)))),
        "without-pixels": lambda: parts.png(parts.header(16, 16)),
        "chunk-past-the-end": lambda: parts.SIGNATURE + b"\x7f\xff\xff\xffIDAT" + bytes(99),
    }


def _cut_off() -> dict[str, Callable[[], bytes]]:
    return {
        "signature-only": lambda: parts.SIGNATURE,
        "header-only": lambda: parts.SIGNATURE + parts.header(500, 420),
        "cut-in-the-middle": lambda: _plain()[: len(_plain()) // 2],
        "cut-at-99-percent": lambda: _plain()[: len(_plain()) * 99 // 100],
    }


def _bombs() -> dict[str, Callable[[], bytes]]:
    return {
        "of-3600-megapixels": partial(_claim, 60_000, 60_000),
        "of-2-to-the-62-pixels": partial(_claim, 2**31 - 1, 2**31 - 1),
        "of-400-megapixels": lambda: parts.png(
            parts.header(20_000, 20_000, parts.GREY),
            parts.chunk(b"IDAT", parts.zeros(20_000 * 20_001)),
        ),
        "interlaced-of-3600-megapixels": partial(_claim, 60_000, 60_000, interlace=1),
    }


def _bursting() -> dict[str, Callable[[], bytes]]:
    """Make chunks of a few kilobytes that hold 64 MB and more; no pixel needs what is in them."""
    return {
        "ztxt-bomb": lambda: _simple(
            parts.chunk(b"zTXt", b"x\0\0" + parts.zeros(64 * MEGABYTE)),
        ),
        "itxt-bomb": lambda: _simple(
            parts.chunk(b"iTXt", b"x\0\1\0\0\0" + parts.zeros(64 * MEGABYTE)),
        ),
        "profile-bomb": lambda: _simple(
            parts.chunk(b"iCCP", b"x\0\0" + parts.zeros(64 * MEGABYTE)),
        ),
        "1000-ztxt-bombs": lambda: _simple(
            *[parts.chunk(b"zTXt", b"%d\0\0" % number + _almost) for number in range(1_000)]
        ),
    }


def _harmless() -> dict[str, Callable[[], bytes]]:
    pixels = zlib.compress(bytes(16 * 49))
    return {
        "text-of-20-mb": lambda: _simple(parts.chunk(b"tEXt", b"x\0" + SECRET * 2_000_000)),
        # Rows that a whole stream doesn't bring are black, as in browsers.
        "fewer-pixels-than-it-says": lambda: _simple(data=zlib.compress(bytes(49 * 8))),
        # What is in it has a checksum of its own, which is right.
        "wrong-crc-of-pixels": lambda: parts.png(
            parts.header(16, 16), parts.chunk(b"IDAT", pixels, crc=1)
        ),
    }


# As much as a reader may let pass.
_almost = zlib.compress(bytes(MEGABYTE - 1), 9)


def _claim(width: int, height: int, interlace: int = 0) -> bytes:
    head = parts.header(width, height, interlace=interlace)
    return parts.png(head, parts.chunk(b"IDAT", zlib.compress(bytes(999))))


def _overfull() -> bytes:
    """Say 10 x 10 pixels, and bring 200 MB of them."""
    pixels = parts.chunk(b"IDAT", parts.zeros(200 * MEGABYTE))
    return parts.png(parts.header(10, 10), pixels)


def _large() -> bytes:
    pixels = parts.chunk(b"IDAT", parts.zeros(8_800 * (8_800 * 4 + 1)))
    return parts.png(parts.header(8_800, 8_800, parts.RGBA), pixels)


def _lying_animation() -> bytes:
    """Announce two billion frames, and bring one."""
    control = parts.chunk(b"acTL", struct.pack(">LL", 2**31 - 1, 0))
    size = (scene.WIDTH, scene.HEIGHT)
    frame = parts.chunk(b"fcTL", struct.pack(">LLLLLHHBB", 0, *size, 0, 0, 1, 10, 0, 0))
    pixels = parts.idat(parts.rows(scene.colour()))
    return parts.png(parts.header(*size), control, frame, pixels)
