"""What is known of a picture once its thumbnails are made.

This module, `limits`, `refusal`, `kinds` and `workshop` do without Pillow: what decodes is a
process of its own, and most functions ship no decoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

# Width and height in pixels.
Size: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Thumbnail:
    """One rendition on disk, in pixels and bytes; `file` is its name below the target folder."""

    height: int
    width: int
    content_type: str
    size: int
    file: str


@dataclass(frozen=True)
class Picture:
    """A source as displayed, i.e. after orientation, and its thumbnails, the highest first.

    `format` is "jpeg", "png", "webp", "gif", "avif", "heic", "tiff" or "bmp", `dominant_color` is
    "#rrggbb", `thumbhash` is base64.
    """

    width: int
    height: int
    format: str
    dominant_color: str
    thumbhash: str
    thumbnails: tuple[Thumbnail, ...]
