"""What can't be seen stays unseen, also at the edges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from .drawing import encoded, shown

LIGHT = (250, 230, 200)


def disc(hidden: tuple[int, int, int] = (0, 0, 0)) -> Image.Image:
    """A light disc; beside it, unseen, another colour."""
    mask = Image.new("L", (400, 400), 0)
    ImageDraw.Draw(mask).ellipse((50, 50, 350, 350), fill=255)
    image = Image.new("RGB", (400, 400), hidden)
    image.paste(LIGHT, mask=mask)
    image.putalpha(mask)
    return image


def darkest_seen(image: Image.Image) -> int:
    """The smallest red of all pixels that are half seen or more."""
    seen = image.getchannel("A").point(lambda value: 255 * (value >= 128))
    red = Image.composite(image.getchannel("R"), Image.new("L", image.size, 255), seen)
    return next(level for level, count in enumerate(red.histogram()) if count)


@pytest.mark.parametrize(
    ("format_", "options"),
    [
        ("PNG", {}),
        ("TIFF", {}),
        ("WEBP", {"lossless": True, "exact": True}),
        ("WEBP", {"quality": 90}),
        ("AVIF", {"quality": 90}),
        ("HEIF", {"quality": 90}),
    ],
)
def test_no_dark_fringe_comes_from_hidden_colours(
    tmp_path: Path, format_: str, options: dict[str, Any]
) -> None:
    image = shown(encoded(disc(), format_, **options), tmp_path, 100)
    assert image.mode == "RGBA"
    assert image.getpixel((1, 1))[3] == 0  # type: ignore[index]  # RGBA has four
    assert darkest_seen(image) > 215


def test_colours_of_a_palette_can_be_transparent(tmp_path: Path) -> None:
    image = shown(encoded(disc((1, 2, 3)).quantize(8), "PNG"), tmp_path, 100)
    assert image.mode == "RGBA"
    assert darkest_seen(image) > 215


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_one_colour_can_be_transparent(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGB", (400, 400), (9, 9, 9))
    image.paste(LIGHT, (100, 100, 300, 300))
    gone: Any = (9, 9, 9) if mode == "RGB" else 9
    data = encoded(image.convert(mode), "PNG", transparency=gone)
    thumbnail = shown(data, tmp_path, 100)
    assert thumbnail.mode == "RGBA"
    assert thumbnail.getchannel("A").getextrema() == (0, 255)
    assert darkest_seen(thumbnail) > 200


def test_grey_can_be_transparent(tmp_path: Path) -> None:
    image = shown(encoded(disc().convert("LA"), "PNG"), tmp_path, 100)
    assert image.mode == "RGBA"
    assert darkest_seen(image) > 215


def test_jpeg_shows_it_on_white(tmp_path: Path) -> None:
    image = shown(encoded(disc(), "PNG"), tmp_path, 100, suffix="jpg")
    corner, middle = image.getpixel((2, 2)), image.getpixel((50, 50))
    assert isinstance(corner, tuple)
    assert isinstance(middle, tuple)
    assert min(corner) > 250
    assert max(abs(a - b) for a, b in zip(middle, LIGHT, strict=True)) < 6


def test_what_is_opaque_has_no_alpha(tmp_path: Path) -> None:
    assert shown(encoded(disc().convert("RGB"), "PNG"), tmp_path, 100).mode == "RGB"
