"""TIFF: many ways to store the same, and as many to go wrong."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PIL import Image

from tests.support.gallery import ifd, scene
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import DAMAGED, SECRET, TOO_LARGE, Exhibit, Ready, Refused
from tests.support.gallery.ifd import long, short
from tests.support.gallery.png_parts import doubled

Make = Callable[[], bytes]

# Tags of a page.
WIDTH, LENGTH, BITS, COMPRESSION, COLOUR, STRIPS, SAMPLES = 256, 257, 258, 259, 262, 273, 277
ROWS, SIZES, PLANAR = 278, 279, 284
TILE_WIDTH, TILE_LENGTH, TILES, TILE_SIZES = 322, 323, 324, 325


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    for name, make in _in_colour().items():
        yield Exhibit(f"tiff-{name}", make)
    for number in range(1, 9):
        yield Exhibit(f"tiff-orientation-{number}", partial(_oriented, number))
    for order, name in (("<", "little"), (">", "big")):
        make = partial(_grey_16, order)
        yield Exhibit(f"tiff-grey-16-bit-{name}-endian", make, Ready(looks=scene.grey))
    yield Exhibit("tiff-two-tone-group-4", _fax, Ready(looks=scene.two_tone))
    yield Exhibit("tiff-alpha", partial(_tiff, scene.cut_out()), Ready(looks=scene.on_white))
    yield Exhibit("tiff-float", lambda: _tiff(scene.grey().convert("F")), Ready(looks=None))
    yield Exhibit("tiff-cmyk", lambda: _tiff(scene.colour().convert("CMYK")))
    for name, make in _broken().items():
        yield Exhibit(f"tiff-{name}", make, Refused(DAMAGED))
    for name, make in _costly().items():
        yield Exhibit(f"tiff-{name}", make, Refused(TOO_LARGE))


def _in_colour() -> dict[str, Make]:
    return {
        "strips": _strips,
        "big-endian": partial(_strips, ">"),
        "tiles": _tiles,
        "planes": _planes,
        "rgb-16-bit": _rgb_16,
        "lzw": partial(_tiff, compression="tiff_lzw"),
        "deflate": partial(_tiff, compression="tiff_adobe_deflate"),
        "packbits": partial(_tiff, compression="packbits"),
        "jpeg": partial(_tiff, compression="jpeg", quality=95),
        "big-tiff": partial(_tiff, big_tiff=True),
        "pages": _pages,
        "pages-without-end": lambda: ifd.tiff([_tags()], _pixels(), loop=True),
        "second-page-of-3600-megapixels": lambda: ifd.tiff([_tags(), _tags() | _HUGE], _pixels()),
        "description": lambda: ifd.tiff([_tags() | {270: (ifd.ASCII, [*SECRET, 0])}], _pixels()),
        "named-png": _strips,
    }


def _broken() -> dict[str, Make]:
    return {
        "header-only": lambda: b"II*\0\x08\0\0\0",
        "directory-past-the-end": lambda: b"II*\0\xff\xff\xff\x7f" + bytes(99),
        "without-strips": lambda: ifd.tiff([_without(STRIPS)], _pixels()),
        "strips-past-the-end": lambda: ifd.tiff([_tags() | {STRIPS: long(2**31)}], _pixels()),
        "cut-in-the-middle": lambda: _tiff(compression="tiff_lzw")[:9_000],
        "pixels-missing": lambda: ifd.tiff([_tags()], _pixels()[:1_000]),
        "of-zero-size": lambda: ifd.tiff([_tags() | {WIDTH: long(0)}], _pixels()),
        "unknown-compression": lambda: ifd.tiff([_tags() | {COMPRESSION: short(77)}], _pixels()),
        "two-to-the-32-values": _endless_value,
        "directory-of-65535-entries": lambda: b"II*\0\x08\0\0\0\xff\xff" + b"\0" * 786_420,
    }


def _costly() -> dict[str, Make]:
    return {"of-3600-megapixels": lambda: ifd.tiff([_tags() | _HUGE], _pixels())}


_HUGE = {WIDTH: long(60_000), LENGTH: long(60_000)}


def _tiff(picture: Image.Image | None = None, **options: Any) -> bytes:
    return encoded(picture or scene.colour(), "TIFF", **options)


def _pixels() -> bytes:
    return scene.colour().tobytes()


def _tags(width: int = scene.WIDTH, height: int = scene.HEIGHT) -> dict[int, ifd.Value]:
    """Describe 8-bit RGB in one strip at the beginning of the data."""
    tags = {WIDTH: long(width), LENGTH: long(height), ROWS: long(height)}
    tags |= {BITS: short(8, 8, 8), COLOUR: short(2), SAMPLES: short(3), COMPRESSION: short(1)}
    return tags | {STRIPS: long(ifd.DATA), SIZES: long(width * height * 3)}


def _without(tag: int) -> dict[int, ifd.Value]:
    return {key: value for key, value in _tags().items() if key != tag}


def _strips(order: str = "<") -> bytes:
    """Cut the picture into strips of seven rows."""
    size = scene.WIDTH * 3 * 7
    offsets = range(ifd.DATA, ifd.DATA + len(_pixels()), size)
    cut = {STRIPS: long(*offsets), SIZES: long(*[size] * len(offsets)), ROWS: long(7)}
    return ifd.tiff([_tags() | cut], _pixels(), order)


def _tiles() -> bytes:
    """Cut the picture into tiles of 64 x 64, which stand out on the right and below."""
    picture, side = scene.colour(), 64
    boxes = [
        (left, top, left + side, top + side)
        for top in range(0, scene.HEIGHT, side)
        for left in range(0, scene.WIDTH, side)
    ]
    size = side * side * 3
    data = b"".join(picture.crop(box).tobytes() for box in boxes)
    tags = {key: value for key, value in _tags().items() if key not in (STRIPS, SIZES, ROWS)}
    tags |= {TILE_WIDTH: long(side), TILE_LENGTH: long(side)}
    tags[TILES] = long(*range(ifd.DATA, ifd.DATA + len(data), size))
    return ifd.tiff([tags | {TILE_SIZES: long(*[size] * len(boxes))}], data)


def _planes() -> bytes:
    """Store all red, then all green, then all blue."""
    data = b"".join(band.tobytes() for band in scene.colour().split())
    size = scene.WIDTH * scene.HEIGHT
    offsets = [ifd.DATA + size * number for number in range(3)]
    apart = {PLANAR: short(2), STRIPS: long(*offsets), SIZES: long(*[size] * 3)}
    return ifd.tiff([_tags() | apart], data)


def _rgb_16() -> bytes:
    data = doubled(_pixels())
    return ifd.tiff([_tags() | {BITS: short(16, 16, 16), SIZES: long(len(data))}], data)


def _grey_16(order: str) -> bytes:
    data = doubled(scene.grey().tobytes())
    tags = _tags() | {BITS: short(16), SAMPLES: short(1), COLOUR: short(1), SIZES: long(len(data))}
    return ifd.tiff([tags], data, order)


def _pages() -> bytes:
    second = Image.new("RGB", (60, 50), "magenta")
    return _tiff(save_all=True, append_images=[second] * 20)


def _fax() -> bytes:
    return _tiff(scene.two_tone(), compression="group4")


def _oriented(number: int) -> bytes:
    stored = scene.turned(scene.colour(), number)
    tags = _tags(*stored.size) | {ifd.ORIENTATION: short(number)}
    return ifd.tiff([tags], stored.tobytes())


def _endless_value() -> bytes:
    """Announce a strip's offset four billion times."""
    tiff = ifd.tiff([_tags()], _pixels())
    entry = struct.pack("<HHL", STRIPS, ifd.LONG, 1)
    return tiff.replace(entry, struct.pack("<HHL", STRIPS, ifd.LONG, 2**32 - 1))
