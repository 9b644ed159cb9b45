"""The formats whose header Pillow reads without decoding: TIFF, BMP, AVIF."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PIL import Image

from fragua.images import limits
from fragua.images.formats import exif
from fragua.images.formats.source import Source
from fragua.images.picture import Size
from fragua.images.refusal import unsupported

# NewSubfileType: bit 0 is set where the picture is a smaller copy of another one in the file.
_SUBFILE_TYPE = 254


def open_tiff(path: Path) -> Source:
    """The first page. A raw photograph is a TIFF whose first picture is a preview: refused."""
    from PIL.TiffImagePlugin import TiffImageFile

    picture = TiffImageFile(path)
    if int(picture.tag_v2.get(_SUBFILE_TYPE, 0)) & 1:
        raise unsupported()
    # Pillow turns it upright.
    limits.pixels(picture.size, limits.TIFF)
    return Source("tiff", picture.size, partial(_load, picture))


def open_bmp(path: Path) -> Source:
    """Of all kinds of BMP those that Pillow knows."""
    from PIL.BmpImagePlugin import BmpImageFile

    picture = BmpImageFile(path)
    limits.pixels(picture.size, limits.BMP)
    return Source("bmp", picture.size, partial(_load, picture))


def open_avif(path: Path) -> Source:
    """The first picture of a sequence. Pillow tells the orientation, as if it were of EXIF."""
    from PIL import AvifImagePlugin

    # More threads need more memory, and a small function has one processor.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    picture = AvifImagePlugin.AvifImageFile(path)
    limits.pixels(picture.size, limits.AVIF)
    turned = exif.orientation(picture.info.get("exif"))
    return Source("avif", picture.size, partial(_load, picture), turned)


def _load(picture: Image.Image, _least: Size) -> Image.Image:
    picture.load()
    return picture
