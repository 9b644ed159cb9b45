"""Thumbnails as a worker's child makes them: `thumbnails_fragua FORMATS SOURCE FOLDER HEIGHT...`.

FORMATS is webp+jpeg, or webp for what compares with others: the JPEGs are left away then.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from benchmarks.thumbnails_meter import measure
from fragua.images import pyramid
from fragua.images.picture import Thumbnail


def unwritten(image: Image.Image, _folder: Path) -> Thumbnail:
    """Stand for a JPEG that nobody writes."""
    return Thumbnail(image.height, image.width, "image/jpeg", 0, "")


if __name__ == "__main__":
    formats, source, folder, *heights = sys.argv[1:]
    if formats == "webp":
        assert "write_jpeg" in vars(pyramid)
        vars(pyramid)["write_jpeg"] = unwritten
    tall = [int(height) for height in heights]
    measure(lambda: pyramid.render(Path(source), tall, Path(folder)))
