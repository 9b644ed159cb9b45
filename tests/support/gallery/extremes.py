"""The smallest, the thinnest and the longest picture in each format."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PIL import Image

from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import TOO_LARGE, Exhibit, Ready, Refused

_RED = (230, 20, 20)
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "tiff": "TIFF"}
_FORMATS |= {"bmp": "BMP", "avif": "AVIF", "heic": "HEIF"}


def exhibits() -> Iterator[Exhibit]:
    """Yield them: a red dot in each format, and lines of all lengths."""
    for kind in _FORMATS:
        yield _line(kind, 1, 1)
    for kind in ("jpeg", "png"):
        for width, height in ((1, 4_000), (4_000, 1), (16_383, 1), (1, 16_383)):
            yield _line(kind, width, height)
    for kind, long in (("png", 65_500), ("jpeg", 65_500), ("gif", 65_535), ("tiff", 100_000)):
        yield _line(kind, 1, long)
        # No format of thumbnails is so wide.
        yield Exhibit(f"{kind}-{long}x1", partial(_red, kind, long, 1), Refused(TOO_LARGE))


def _line(kind: str, width: int, height: int) -> Exhibit:
    looks = partial(Image.new, "RGB", (width, height), _RED)
    make = partial(_red, kind, width, height)
    return Exhibit(f"{kind}-{width}x{height}", make, Ready(width, height, looks))


def _red(kind: str, width: int, height: int) -> bytes:
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    return encoded(Image.new("RGB", (width, height), _RED), _FORMATS[kind])
