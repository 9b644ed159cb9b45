"""Thumbnails by pyvips, as WebP: `thumbnails_pyvips webp SOURCE FOLDER HEIGHT...`.

Runs in the peers' own virtual environment. The largest is made while decoding, by which libvips
takes from a JPEG or WebP no more than it needs; each smaller one is made from the one above.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyvips  # type: ignore[import-not-found] # lives in the peers' environment

from benchmarks.thumbnails_meter import measure

# So wide that the height alone decides.
_ANY = 10_000_000


def pyramid(source: str, folder: Path, heights: list[int]) -> None:
    """Make a WebP of each height, the largest first."""
    largest, *smaller = heights
    picture = pyvips.Image.thumbnail(source, _ANY, height=largest, size="down").copy_memory()
    _save(picture, folder, largest)
    for height in smaller:
        picture = picture.thumbnail_image(_ANY, height=height, size="down").copy_memory()
        _save(picture, folder, height)


def _save(picture: pyvips.Image, folder: Path, height: int) -> None:
    picture.webpsave(str(folder / f"{height}.webp"), Q=80, effort=2, keep="none")


if __name__ == "__main__":
    _formats, source, folder, *heights = sys.argv[1:]
    measure(lambda: pyramid(source, Path(folder), [int(height) for height in heights]))
