"""From the colours of a file to sRGB with 8 bits: what every screen shows without a profile."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageCms

# What the channels of a profile are called, and the modes that it can be applied to.
_SPACES = {"RGB ": {"RGB", "RGBA"}, "GRAY": {"L"}, "CMYK": {"CMYK"}}


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return it as "RGB" or "RGBA", with its ICC profile applied if that is any good.

    Done on small pictures alone: it costs as much a pixel as decoding does.
    """
    if image.mode == "LA":
        image = image.convert("RGBA")
    if profile:
        image = _apply(image, profile)
    return image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")


def _apply(image: Image.Image, profile: bytes) -> Image.Image:
    """Apply a profile; a broken one, or one for other channels, is none."""
    try:
        space = _opened(profile).profile.xcolor_space
        if space == "RGB " and image.mode == "L":
            image = image.convert("RGB")
        if image.mode not in _SPACES.get(space, ()):
            return image
        transform = _transform(profile, image.mode)
        return ImageCms.applyTransform(image, transform) or image if transform else image
    # ValueError: one of its names is not ASCII.
    except (OSError, ValueError, ImageCms.PyCMSError):
        return image


@lru_cache(maxsize=4)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Kept for the frames of an animation. None for what nearly all pictures have: sRGB."""
    opened = _opened(profile)
    if (opened.profile.profile_description or "").startswith("sRGB"):
        return None
    shown = "RGBA" if mode == "RGBA" else "RGB"
    return ImageCms.buildTransform(opened, ImageCms.createProfile("sRGB"), mode, shown)


@lru_cache(maxsize=1)
def _opened(profile: bytes) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(profile))
