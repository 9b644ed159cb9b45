"""How much one picture may take: judged by its header, before anything is decoded.

What counts is bytes of memory a pixel and time a pixel, and both depend on the format. The
numbers were measured so that the process that decodes stays within `MEMORY` and `CPU_SECONDS`.
"""

from __future__ import annotations

from collections.abc import Sequence

from fragua.errors import Refusal
from fragua.images.picture import Size
from fragua.images.refusal import too_complex, too_large

# Bytes of memory of its own, and seconds of CPU, of the process that decodes. A function of 512 MB
# holds it beside the worker's own process.
MEMORY = 384 << 20
# With files that are mapped and what threads reserve and leave.
ADDRESSES = 512 << 20
CPU_SECONDS = 5
# A small function has a third of a processor, so this is what those seconds take at most there.
WALL_SECONDS = 40
# Bytes of one thumbnail.
OUTPUT_BYTES = 32 << 20
# What a file may have at most, whatever it shows: the function's disk holds some of them.
FILE_BYTES = 256 << 20
# WebP allows no longer side, and thumbnails are WebP.
WEBP_SIDE = 16_383

# Megapixels that may be decoded. A JPEG is decoded smaller, all others are held whole.
JPEG = 200
# Megabytes of coefficients, where a JPEG's have to be held until the last of its scans has come.
COEFFICIENTS = 330
PNG, GIF, TIFF, BMP = 80, 80, 80, 80
WEBP, WEBP_FRAME = 80, 20
AVIF, HEIC = 40, 60
# Each scan of a JPEG goes through the whole picture: megapixels times scans.
JPEG_SCANS = 1_200
# Of an animation: frames, and megapixels in all of them, those of the thumbnails counted twice.
FRAMES, FRAMES_MEGAPIXELS = 2_000, 100


def pixels(size: Size, allowed: int) -> None:
    """Refuse a picture of more than `allowed` megapixels."""
    width, height = size
    if width * height > allowed * 1_000_000:
        has = f"has {width} x {height} pixels, {width * height / 1e6:.0f} million"
        raise too_large(f"{has}; in its format at most {allowed} million are allowed")


def scans(size: Size, count: int) -> None:
    """Refuse a JPEG that goes over its pixels too often."""
    if size[0] * size[1] * count > JPEG_SCANS * 1_000_000:
        raise too_complex()


def file_bytes(size: int) -> None:
    """Refuse a file of more bytes than any picture may have."""
    if size > FILE_BYTES:
        raise too_large(f"has {size / 1e6:.0f} MB; at most {FILE_BYTES / 1e6:.0f} are allowed")


def too_wide(size: Size) -> Refusal:
    """What to raise for a picture so wide that a thumbnail of it could not be written."""
    return too_large(f"has {size[0]} x {size[1]} pixels, which is too wide for its height")


def affords(frames: int, size: Size, thumbnails: Sequence[Size]) -> bool:
    """Whether an animation is short and small enough to stay one."""
    each = sum(width * height for width, height in (size, *thumbnails, *thumbnails))
    return frames <= FRAMES and frames * each <= FRAMES_MEGAPIXELS * 1_000_000
