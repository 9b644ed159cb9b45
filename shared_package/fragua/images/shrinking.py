"""Making a decoded picture small, in modes whose pixels can be averaged, and little memory.

Indexed colours, hidden colours under transparency and single bits can't be averaged as they are.
Turning a whole picture into a mode that can be costs a second copy of it, so that is done strip
by strip, each of which is shrunk at once by a whole factor.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import cast

from PIL import Image

from fragua.images.picture import Size

# How much the careful last step, Lanczos, has to shrink at least. What comes before it (a JPEG's
# own transform, libwebp's, squares averaged) is quick and less exact: on photographs the result
# then differs from Lanczos alone by a mean of 1.5 levels of 255, less than WebP makes of it.
GAP = 1.25
# Rows of a strip, about, before it is shrunk.
ROWS = 256
_PLAIN = {"RGB", "L", "CMYK", "I", "F", "RGBX", "LAB", "YCbCr", "RGBa", "La"}
_MULTIPLIED = {"RGBA": "RGBa", "LA": "La"}


def shrink(image: Image.Image, size: Size) -> Image.Image:
    """Return it at `size`, as "L", "LA", "RGB", "RGBA", "CMYK" or "LAB" with 8 bits a channel."""
    factor = max(1, int(min(image.width / size[0], image.height / size[1]) / GAP))
    plain = _plain(image) if factor == 1 else _averaged(image, factor)
    # What averaging has lost, Lanczos would not bring back, for half as much time again.
    filter_ = Image.Resampling.LANCZOS if factor == 1 else Image.Resampling.BICUBIC
    box = (0, 0, image.width / factor, image.height / factor)
    return _eight_bits(plain.resize(size, filter_, box), image.mode)


def _averaged(image: Image.Image, factor: int) -> Image.Image:
    """Average squares of `factor` times `factor` pixels; those at the edges may be smaller."""
    if image.mode in _PLAIN and "transparency" not in image.info:
        return image.reduce(factor)
    return _by_strips(image, factor)


def _by_strips(image: Image.Image, factor: int) -> Image.Image:
    """Do that without a second copy of the picture in another mode."""
    rows = ROWS // factor * factor or factor
    edges = [*range(0, image.height, rows), image.height]
    boxes = ((0, top, image.width, bottom) for top, bottom in pairwise(edges))
    return average((image.crop(box) for box in boxes), factor)


def average(strips: Iterable[Image.Image], factor: int) -> Image.Image:
    """The picture that strips make up, averaged; all but the last have a multiple of its rows."""
    small = [_plain(strip).reduce(factor) for strip in strips]
    whole = Image.new(small[0].mode, (small[0].width, sum(strip.height for strip in small)))
    top = 0
    for strip in small:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def _plain(image: Image.Image) -> Image.Image:
    """In a mode that can be averaged: a transparent colour weighs as much as is seen of it."""
    if "transparency" in image.info or image.mode == "PA":
        image = image.convert("RGBA")
    if image.mode.startswith("I;16"):
        return image.convert("I")
    return image if image.mode in _PLAIN else image.convert(_MULTIPLIED.get(image.mode, "RGB"))


def _eight_bits(image: Image.Image, stored: str) -> Image.Image:
    """Undo what only averaging needed; `stored` is the mode before that."""
    if image.mode in {"RGBa", "La"}:
        return image.convert("RGBA" if image.mode == "RGBa" else "LA")
    if image.mode in {"I", "F"}:
        return _grey(image, depth=65_535 if stored.startswith("I;16") else None)
    return image


def _grey(image: Image.Image, depth: float | None) -> Image.Image:
    """Grey of 8 bits: where no depth is told, from the darkest pixel to the brightest one."""
    values = image.convert("F")
    low, high = (0.0, depth) if depth else cast("tuple[float, float]", values.getextrema())
    scale = 255 / ((high - low) or 1)
    return values.point(lambda value: (value - low) * scale + 0.5).convert("L")
