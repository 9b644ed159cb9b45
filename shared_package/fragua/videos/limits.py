"""How much one video may take. The function has 15 minutes, 3 GB and 10 GiB of disk."""

from __future__ import annotations

from dataclasses import dataclass

from fragua.videos.refusal import too_large

# What a file may have at most, whatever it shows: it lies on the function's disk, which also holds
# what is made of it.
FILE_BYTES = 8 << 30
# Pixels of a frame: 8K (7680 x 4320) with what cameras add to it. A decoder holds many frames.
PIXELS = 8192 * 4608


@dataclass(frozen=True)
class Limits:
    """Of one run of ffmpeg: seconds of CPU and of the clock, bytes of memory and of each output."""

    cpu_seconds: int
    seconds: float
    memory: int = 2 << 30
    output: int = 256 << 20


# 30 s of 8K at 60 frames a second take 210 s of a processor, and the function has nearly two.
RENDERING = Limits(cpu_seconds=1200, seconds=660)
# To look at a file, or at the first frame of it; and to copy what was made.
LOOKING = Limits(cpu_seconds=30, seconds=60)


def file_bytes(size: int) -> None:
    """Refuse a file of more bytes than any video may have."""
    if size > FILE_BYTES:
        raise too_large(f"has {size / 1e9:.1f} GB; at most {FILE_BYTES / 1e9:.1f} are allowed")


def pixels(width: int, height: int) -> None:
    """Refuse a video whose frames have too many pixels."""
    if width * height > PIXELS:
        most = f"{PIXELS / 1e6:.0f} million"
        raise too_large(f"has frames of {width} x {height} pixels; at most {most} are allowed")
