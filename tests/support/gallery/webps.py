"""WebP: lossy, lossless, moving, broken, and made to cost.

Source: RFC 9649 (the container, and the lossless format).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PIL import Image

from tests.support.gallery import icc, ifd, scene
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import DAMAGED, SECRET, TOO_LARGE, Exhibit, Ready, Refused

Make = Callable[[], bytes]


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    for name, make in _in_colour().items():
        yield Exhibit(f"webp-{name}", make)
    for number in (3, 6):
        yield Exhibit(f"webp-orientation-{number}", partial(_oriented, number))
    for name, lossless in (("lossy-alpha", False), ("lossless-alpha", True)):
        make = partial(_webp, scene.cut_out(), lossless=lossless)
        yield Exhibit(f"webp-{name}", make, Ready(looks=scene.on_white))
    yield Exhibit("webp-moving", _moving, Ready(frames=3))
    yield Exhibit("webp-1000-frames", partial(_many, 1_000), Ready(64, 64, looks=None))
    for name, make in _broken().items():
        yield Exhibit(f"webp-{name}", make, Refused(DAMAGED))
    yield Exhibit("webp-of-268-megapixels", partial(_flat, 16_383), Refused(TOO_LARGE))
    yield Exhibit("webp-of-100-megapixels", partial(_flat, 10_000), Refused(TOO_LARGE))
    yield Exhibit("webp-of-77-megapixels", partial(_flat, 8_800), Ready(8_800, 8_800, looks=None))


def _in_colour() -> dict[str, Make]:
    return {
        "lossy": _webp,
        "lossless": partial(_webp, lossless=True),
        "profile-blue-is-red": _swapped,
        "profile-broken": partial(_webp, icc_profile=b"no profile at all"),
        "all-metadata": _all_metadata,
        "garbage-behind-its-end": lambda: _webp() + SECRET * 10_000,
        "named-png": _webp,
    }


def _broken() -> dict[str, Make]:
    return {
        "header-only": lambda: _webp()[:20],
        "lossy-cut": lambda: _webp()[: len(_webp()) // 2],
        "lossless-cut": lambda: _webp(lossless=True)[:9_000],
        "of-no-chunk": lambda: _riff(b""),
        "extended-without-picture": lambda: _riff(_chunk(b"VP8X", bytes(10))),
        "moving-cut": lambda: _moving()[: len(_moving()) // 2],
        "canvas-that-lies": _lying_canvas,
    }


def _webp(picture: Image.Image | None = None, **options: Any) -> bytes:
    return encoded(picture or scene.colour(), "WEBP", **({"quality": 90, "method": 1} | options))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)


def _riff(chunks: bytes) -> bytes:
    return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP" + chunks


def _swapped() -> bytes:
    red, green, blue = scene.colour().split()
    stored = Image.merge("RGB", (blue, green, red))
    return _webp(stored, icc_profile=icc.swapped(SECRET))


def _all_metadata() -> bytes:
    secret = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    return _webp(exif=ifd.exif(1, b"x", SECRET), xmp=secret)


def _oriented(number: int) -> bytes:
    return _webp(scene.turned(scene.colour(), number), exif=ifd.exif(number), lossless=True)


def _moving() -> bytes:
    first, *rest = [scene.turned(scene.colour(), number) for number in (1, 2, 3)]
    return _webp(first, save_all=True, append_images=rest, duration=[100, 200, 300], loop=3)


def _flat(side: int) -> bytes:
    """Write a grey square: codes of one symbol take no bits, so each size takes 30 bytes."""
    bits = [(0x2F, 8), (side - 1, 14), (side - 1, 14), (0, 1), (0, 3), (0, 1), (0, 1), (0, 1)]
    for symbol in (127, 127, 127, 255, 0):
        bits += [(1, 1), (0, 1), (1, 1), (symbol, 8)]
    packed = length = 0
    for value, width in bits:
        packed |= value << length
        length += width
    return _riff(_chunk(b"VP8L", packed.to_bytes(length // 8 + 8, "little")))


def _lying_canvas() -> bytes:
    """Say a canvas of 4000 x 4000 around a picture of 16 x 16."""
    side = (3_999).to_bytes(3, "little")
    return _riff(_chunk(b"VP8X", bytes(4) + side + side) + _flat(16)[12:])


def _many(count: int) -> bytes:
    """Show the same small frame again and again."""
    side = (63).to_bytes(3, "little")
    canvas = _chunk(b"VP8X", b"\2\0\0\0" + side + side) + _chunk(b"ANIM", bytes(6))
    still = _flat(64)[12:]
    frame = _chunk(b"ANMF", bytes(6) + side + side + (40).to_bytes(3, "little") + b"\0" + still)
    return _riff(canvas + frame * count)
