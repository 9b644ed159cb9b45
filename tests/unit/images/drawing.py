"""Pictures for these tests, made by code, and thumbnails of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageChops, ImageDraw, ImageStat

from fragua.images.pyramid import Picture, render

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, WHITE = (220, 30, 40), (20, 160, 60), (30, 60, 200), (255, 255, 255)


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """A picture that is another one whichever way it is turned or mirrored."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 3, height // 3), fill=RED)
    draw.rectangle((width // 2, 0, width, height // 4), fill=GREEN)
    draw.rectangle((0, height - height // 5, width // 4, height), fill=BLUE)
    return image


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    """What Pillow makes of it."""
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def thumbnails(data: bytes, folder: Path, *heights: int) -> Picture:
    """Render bytes into `folder`."""
    source = folder / "source"
    source.write_bytes(data)
    return render(source, heights or (200,), folder)


def shown(data: bytes, folder: Path, height: int = 200, suffix: str = "webp") -> Image.Image:
    """The highest thumbnail of these bytes, as it is shown."""
    highest = thumbnails(data, folder, height).thumbnails[0].height
    image = Image.open(folder / f"{highest}.{suffix}")
    image.load()
    return image


def apart(one: Image.Image, other: Image.Image) -> float:
    """By how many levels of 255 two pictures of one size differ in the mean, in any channel."""
    assert one.size == other.size
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(ImageStat.Stat(difference).mean)
