"""HEIC, which phones send: often of 48 megapixels.

Not through Pillow's plugin, which would hold every pixel twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PIL import Image
from pillow_heif import HeifFile, open_heif, options

from fragua.images import limits
from fragua.images.formats.source import Source
from fragua.images.picture import Size
from fragua.images.shrinking import ROWS, average

# More threads need more memory, and a small function has one processor.
options.DECODE_THREADS = 1
options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False


def open_source(path: Path) -> Source:
    """The primary picture, which libheif turns upright and makes 8 bits of."""
    file = open_heif(path)
    limits.pixels(file.size, limits.HEIC)
    return Source("heic", file.size, partial(_load, file))


def _load(file: HeifFile, least: Size) -> Image.Image:
    """Decode it whole, and make it smaller from there strip by strip."""
    width, height = file.size
    factor = max(1, min(width // least[0], height // least[1]))
    picture = average(_strips(file, ROWS // factor * factor or factor), factor)
    picture.info["icc_profile"] = file.info.get("icc_profile")
    return picture


def _strips(file: HeifFile, rows: int) -> Iterator[Image.Image]:
    pixels, mode, stride = memoryview(file.data), file.mode, file.stride
    width, height = file.size
    for top in range(0, height, rows):
        size = (width, min(rows, height - top))
        strip = bytes(pixels[top * stride : (top + size[1]) * stride])
        yield Image.frombytes(mode, size, strip, "raw", mode, stride)
