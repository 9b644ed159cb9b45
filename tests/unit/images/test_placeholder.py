"""One colour and a hash stand for a picture that is on its way."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from PIL import Image

from fragua.images import placeholder

from .drawing import BLUE, RED, encoded, scene, thumbnails


def of(image: Image.Image) -> str:
    return placeholder.thumbhash(placeholder.small(image))


def pattern(width: int, height: int, *, transparent: bool) -> Image.Image:
    image = Image.new("RGBA", (width, height))
    for x in range(width):
        for y in range(height):
            alpha = (29 * x + 17 * y) % 256 if transparent else 255
            image.putpixel((x, y), (37 * x % 256, 53 * y % 256, 11 * x * y % 256, alpha))
    return image


def test_the_dominant_colour_is_that_of_the_largest_area(tmp_path: Path) -> None:
    image = Image.new("RGB", (300, 300), BLUE)
    image.paste(RED, (0, 0, 120, 300))
    told = bytes.fromhex(thumbnails(encoded(image, "PNG"), tmp_path).dominant_color[1:])
    assert max(abs(one - other) for one, other in zip(told, BLUE, strict=True)) < 6


def test_what_is_not_seen_has_no_colour() -> None:
    image = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    assert placeholder.dominant_color(placeholder.small(image)) == "#ffffff"
    image.paste((*BLUE, 255), (0, 0, 10, 10))
    assert placeholder.dominant_color(placeholder.small(image)) == "#1e3cc8"


@pytest.mark.parametrize(
    ("width", "height", "transparent", "expected"),
    # What an implementation by others, the package thumbhash-python 1.0.1, made of them.
    [
        (31, 19, False, "3PcFDIYzJiVwhneDd3KfmU3zuA=="),
        (20, 32, True, "3OeBAwIHMIQJuAvNnwTE+VZFlKNVBRs="),
        (9, 32, False, "2scJEhQEhVh3iHV3H39ZkKg="),
        (1, 1, False, "AAgCBwAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ],
)
def test_the_hash_is_a_thumbhash(width: int, height: int, transparent: bool, expected: str) -> None:
    assert of(pattern(width, height, transparent=transparent)) == expected


def test_large_pictures_have_a_short_hash(tmp_path: Path) -> None:
    hashed = thumbnails(encoded(scene(900, 600), "PNG"), tmp_path).thumbhash
    assert len(base64.b64decode(hashed)) <= 25
