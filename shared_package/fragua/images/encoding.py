"""Writing thumbnails: WebP for nearly everyone, JPEG for what can't show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile

from fragua.images.picture import Thumbnail

# Saving imports these, and for a format whose plugin is unknown all others, amid the work.
Image.preinit()

_WEBP: Any = {"quality": 80, "method": 2}
_JPEG: Any = {"quality": 82}


@dataclass(frozen=True)
class Timing:
    """How long each frame of an animation is shown, in ms, and how often all; 0 is for ever."""

    durations: Sequence[int]
    loop: int


def write_webp(frames: Sequence[Image.Image], timing: Timing, folder: Path) -> Thumbnail:
    """Write a still picture, or the frames of an animation, each "RGB" or "RGBA"."""
    first, *more = frames
    file = folder / f"{first.height}.webp"
    moving = {
        "save_all": True,
        "append_images": more,
        "duration": list(timing.durations),
        "loop": timing.loop,
        "background": (0, 0, 0, 0),
    }
    first.save(file, WebPImageFile.format, **_WEBP, **(moving if more else {}))
    return _thumbnail(first, file, "image/webp")


def write_jpeg(image: Image.Image, folder: Path) -> Thumbnail:
    """Write a still picture, on white, because JPEG knows no transparency."""
    file = folder / f"{image.height}.jpg"
    _on_white(image).save(file, JpegImageFile.format, **_JPEG)
    return _thumbnail(image, file, "image/jpeg")


def _thumbnail(image: Image.Image, file: Path, content_type: str) -> Thumbnail:
    return Thumbnail(image.height, image.width, content_type, file.stat().st_size, file.name)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white
