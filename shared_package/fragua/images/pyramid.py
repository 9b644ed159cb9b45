"""One picture, decoded once, as small as possible; each thumbnail from the one above it.

    judge the header -> decode, GAP times as high as the highest thumbnail or more
    -> shrink -> turn upright -> sRGB -> the next lower height from that, and so on

What costs is pixels: so the picture is turned, and its colours are changed, when it is small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from fragua.images import formats, limits, placeholder
from fragua.images.colour import to_srgb
from fragua.images.encoding import Timing, write_jpeg, write_webp
from fragua.images.formats.source import Source
from fragua.images.orientation import upright
from fragua.images.picture import Picture, Size, Thumbnail
from fragua.images.refusal import anything_refuses
from fragua.images.shrinking import GAP, shrink

__all__ = ["Picture", "Thumbnail", "render"]


@dataclass(frozen=True)
class _Shot:
    """A still picture, or one frame of an animation: one image for each size."""

    levels: list[Image.Image]
    duration: int = 0


def render(source: Path, heights: Sequence[int], folder: Path) -> Picture:
    """Write the thumbnails of a picture, each as WebP and as JPEG, into `folder`.

    None is enlarged: heights above the picture's own give one of its own height. An animation
    stays one in WebP, unless it is too long. Raises Refusal. Any bytes may be handed in; they may
    also kill the process, see workshop.py.
    """
    opener = formats.opener(source)
    with anything_refuses():
        opened = opener(source)
        sizes = sizes_of(opened.displayed, heights)
        shots = _shots(opened, sizes)
    loop = opened.animation.loop if opened.animation else 0
    timing = Timing([shot.duration for shot in shots], loop)
    thumbnails: list[Thumbnail] = []
    for level in zip(*(shot.levels for shot in shots), strict=True):
        thumbnails += (write_webp(level, timing, folder), write_jpeg(level[0], folder))
    seen = placeholder.small(shots[0].levels[-1])
    return Picture(
        *opened.displayed,
        opened.format,
        placeholder.dominant_color(seen),
        placeholder.thumbhash(seen),
        tuple(thumbnails),
    )


def sizes_of(displayed: Size, heights: Sequence[int]) -> list[Size]:
    """The thumbnails' sizes, the highest first; the ratio is always the picture's own."""
    width, height = displayed
    wanted = sorted({min(height, each) for each in heights}, reverse=True)
    # Rounded to the nearest pixel, halves up, in whole numbers.
    sizes = [(max(1, (2 * width * each + height) // (2 * height)), each) for each in wanted]
    if sizes[0][0] > limits.WEBP_SIDE:
        raise limits.too_wide(displayed)
    return sizes


def _shots(source: Source, sizes: Sequence[Size]) -> list[_Shot]:
    """All frames if that many can be afforded, else the still picture alone."""
    moving = source.animation
    if moving and limits.affords(moving.frames, source.size, sizes):
        return [_Shot(_levels(source, f.image, sizes), f.duration) for f in moving.play()]
    width, height = (math.ceil(side * GAP) for side in sizes[0])
    least = (height, width) if source.lies else (width, height)
    return [_Shot(_levels(source, source.load(least), sizes))]


def _levels(source: Source, image: Image.Image, sizes: Sequence[Size]) -> list[Image.Image]:
    """The picture, decoded at any size, at each of the sizes."""
    width, height = sizes[0]
    small = shrink(image, (height, width) if source.lies else (width, height))
    top = to_srgb(upright(small, source.orientation), image.info.get("icc_profile"))
    # What the file said besides its pixels ends here: it would be written again.
    top.info = {}
    levels = [top]
    for size in sizes[1:]:
        levels.append(shrink(levels[-1], size))
    return levels
