"""JPEG that is broken, or made to cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.support.gallery import jpeg_parts as parts
from tests.support.gallery import scene
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import DAMAGED, TOO_COMPLEX, TOO_LARGE, Exhibit, Ready, Refused


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    broken: dict[str, Callable[[], bytes]] = {
        "header-only": partial(_cut, 20),
        "up-to-its-scan": _up_to_its_scan,
        "cut-in-the-middle": partial(_cut, 0.5),
        "cut-at-99-percent": partial(_cut, 0.99),
        "progressive-cut": partial(_cut, 0.5, progressive=True),
        "of-zero-height": lambda: parts.flat(parts.BASELINE, (500, 0)) + parts.EOI,
        "of-12-bits": lambda: parts.head(0xC1, (500, 420), bits=12) + parts.EOI,
        "lossless": lambda: parts.head(0xC3, (500, 420)) + parts.scan(1) + parts.EOI,
        "of-two-components": lambda: (
            parts.flat(parts.BASELINE, (16, 16), parts.GREY * 2) + parts.EOI
        ),
        "segment-past-the-end": lambda: _jpeg()[:20] + b"\xff\xe1\xff\xff" + b"Exif\0\0",
        "without-tables": _without_tables,
    }
    for name, make in broken.items():
        yield Exhibit(f"jpeg-{name}", make, Refused(DAMAGED))
    for name, make in _bombs().items():
        yield Exhibit(f"jpeg-{name}", make, Refused(TOO_LARGE))
    for name, make in _costly().items():
        yield Exhibit(f"jpeg-{name}", make, Refused(TOO_LARGE, or_else=TOO_COMPLEX))
    for name, (make, size) in _large().items():
        yield Exhibit(f"jpeg-{name}", make, Ready(*size, looks=None))
    yield Exhibit("jpeg-without-end", lambda: _jpeg()[:-2], Refused(DAMAGED))


def _bombs() -> dict[str, Callable[[], bytes]]:
    """Claim 4,290 megapixels in a kilobyte."""
    size, rest = (65_500, 65_500), bytes(999)
    colour = parts.GREY * 3
    return {
        "of-4290-megapixels": lambda: parts.head(parts.BASELINE, size) + parts.scan(1) + rest,
        "progressive-of-4290-megapixels": lambda: (
            parts.head(parts.PROGRESSIVE, size, colour) + parts.scan(3, last=0) + rest
        ),
    }


def _costly() -> dict[str, Callable[[], bytes]]:
    """Bring all pixels, whose coefficients take 6 or 8 bytes each; or look at them too often."""
    return {
        "progressive-of-100-megapixels": partial(
            _flat, parts.PROGRESSIVE, (10_000, 10_000), parts.GREY * 3
        ),
        "progressive-cmyk-of-80-megapixels": partial(
            _flat, parts.PROGRESSIVE, (10_000, 8_000), parts.GREY * 4
        ),
        "of-300-scans": partial(_scans, 300),
    }


def _jpeg(*, progressive: bool = False) -> bytes:
    return encoded(scene.colour(), "JPEG", quality=90, progressive=progressive)


def _cut(at: float, *, progressive: bool = False) -> bytes:
    whole = _jpeg(progressive=progressive)
    return whole[: at if isinstance(at, int) else round(len(whole) * at)]


def _up_to_its_scan() -> bytes:
    whole = _jpeg()
    return whole[: whole.index(b"\xff\xda")]


def _without_tables() -> bytes:
    flat = parts.flat(parts.BASELINE, (64, 64))
    at, end = flat.index(b"\xff\xdb"), flat.index(b"\xff\xc0")
    return flat[:at] + flat[end:] + parts.EOI


def _large() -> dict[str, tuple[Callable[[], bytes], tuple[int, int]]]:
    """Bring nearly as many pixels as may be, in the ways that take most memory."""
    large, buffered = (14_000, 14_000), (10_400, 10_400)
    usual = ((2, 2), (1, 1), (1, 1))
    return {
        "cmyk-of-196-megapixels": (partial(_flat, parts.BASELINE, large, parts.GREY * 4), large),
        "progressive-of-108-megapixels": (
            partial(_flat, parts.PROGRESSIVE, buffered, usual),
            buffered,
        ),
    }


def _flat(kind: int, size: tuple[int, int], sampling: parts.Sampling) -> bytes:
    return parts.flat(kind, size, sampling) + parts.EOI


def _scans(count: int) -> bytes:
    """Refine 108 megapixels over and over, in scans of a few bytes that say: still zero.

    Each of them makes a decoder look at 63 coefficients of 1.7 million blocks.
    """
    jpeg = parts.flat(parts.PROGRESSIVE, (12_000, 9_000))
    # A run of 32,767 blocks, 52 times.
    empty = parts.bits(["0" + "1" * 14] * 52)
    jpeg += parts.scan(1, first=1, low=1) + empty
    return jpeg + (parts.scan(1, first=1, high=1) + empty) * (count - 2) + parts.EOI
