"""The formats whose header Pillow reads without decoding: TIFF, BMP, AVIF."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image
from PIL.ImageFile import ImageFile

from fragua.images import limits
from fragua.images.formats import exif
from fragua.images.formats.source import Source
from fragua.images.picture import Size
from fragua.images.refusal import unsupported

# NewSubfileType: bit 0 is set where the picture is a smaller copy of another one in the file.
_SUBFILE_TYPE = 254


def open_tiff(path: Path) -> Source:
    """The first page, turned upright. A raw photograph's first picture is a preview: refused."""
    from PIL.TiffImagePlugin import TiffImageFile

    with TiffImageFile(path) as picture:
        if int(picture.tag_v2.get(_SUBFILE_TYPE, 0)) & 1:
            raise unsupported()
        size = picture.size
    limits.pixels(size, limits.TIFF)
    return Source("tiff", size, partial(_load, TiffImageFile, path))


def open_bmp(path: Path) -> Source:
    """Of all kinds of BMP those that Pillow knows."""
    from PIL.BmpImagePlugin import BmpImageFile

    with BmpImageFile(path) as picture:
        size = picture.size
    limits.pixels(size, limits.BMP)
    return Source("bmp", size, partial(_load, BmpImageFile, path))


def open_avif(path: Path) -> Source:
    """The first picture of a sequence. Pillow tells the orientation, as if it were of EXIF."""
    from PIL import AvifImagePlugin

    # More threads need more memory, and a small function has one processor.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    opener = AvifImagePlugin.AvifImageFile
    with opener(path) as picture:
        size, notes = picture.size, picture.info.get("exif")
    limits.pixels(size, limits.AVIF)
    return Source("avif", size, partial(_load, opener, path), exif.orientation(notes))


def _load(opener: Callable[[Path], ImageFile], path: Path, _least: Size) -> Image.Image:
    with opener(path) as picture:
        picture.load()
        return picture
