"""One picture of all thumbnails of the gallery of odd pictures, to be looked at by a person.

    .venv/bin/python -m tools.contact_sheet FOLDER
    .venv/bin/python -m tools.contact_sheet FOLDER --only png- --only orientation

writes FOLDER/contact_sheet.png, and beside it the thumbnails in a folder for each exhibit. A tile
shows the WebP on a chequered ground and the JPEG beside it, or in which words it was refused.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from tests.support.gallery.exhibit import Exhibit
    from tests.support.gallery.visit import Visit

ROOT = Path(__file__).resolve().parent.parent

COLUMNS = 8
# Of a tile's picture, and of its text below.
SIDE, LINE, LINES = 150, 11, 3
# A line of one pixel would not be seen.
LEAST = 5
TILE = (2 * SIDE + 6, SIDE + LINE * LINES + 6)
SURPRISE, NOTE = (190, 0, 0), (60, 60, 60)


def ground() -> Image.Image:
    """Make a chequered ground, so that what is clear looks clear."""
    tile = Image.new("RGB", (20, 20), "white")
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, 9, 9), fill=(205, 205, 205))
    draw.rectangle((10, 10, 19, 19), fill=(205, 205, 205))
    whole = Image.new("RGB", (SIDE, SIDE))
    for at in range((SIDE // 20 + 1) ** 2):
        whole.paste(tile, (at % (SIDE // 20 + 1) * 20, at // (SIDE // 20 + 1) * 20))
    return whole


def shown(file: Path) -> Image.Image:
    """Fit a thumbnail, its first frame, into a square on the ground, and a line as a bar."""
    with Image.open(file) as image:
        scale = SIDE / max(image.size)
        width, height = (max(LEAST, round(side * scale)) for side in image.size)
        fitted = image.convert("RGBA").resize((width, height), Image.Resampling.LANCZOS)
    square = ground()
    square.paste(fitted, (0, 0), fitted)
    return square


def tile(exhibit: Exhibit, done: Visit) -> Image.Image:
    """Draw one exhibit's end; in red where it is another one than expected."""
    image = Image.new("RGB", TILE, "white")
    draw = ImageDraw.Draw(image)
    about = refusal(draw, done) if done.refused else thumbnails(image, done)
    draw.text((2, SIDE + 2), exhibit.name, fill=NOTE if expected(exhibit, done) else SURPRISE)
    cost = f"{done.cpu:.2f} s" + (f", {done.peak // 2**20} MiB" if done.peak else "")
    draw.text((2, SIDE + 2 + LINE), f"{about}, {cost}", fill=NOTE)
    return image


def expected(exhibit: Exhibit, done: Visit) -> bool:
    """Tell whether it is an end of the kind that the exhibit is made for."""
    return done.refused == hasattr(exhibit.expected, "code")


def refusal(draw: ImageDraw.ImageDraw, done: Visit) -> str:
    """Write the reason where thumbnails would be."""
    text = textwrap.wrap(f"{done.refusal.code}: {done.refusal.reason}", 44)
    draw.multiline_text((6, 40), "\n".join(text), fill=NOTE)
    return "refused"


def thumbnails(image: Image.Image, done: Visit) -> str:
    """Paste the highest WebP and JPEG, and a patch of the dominant colour."""
    picture = done.picture
    highest = max(each.height for each in picture.thumbnails)
    for each in picture.thumbnails:
        if each.height == highest:
            left = 0 if each.content_type == "image/webp" else SIDE + 2
            image.paste(shown(done.folder / each.file), (left, 0))
    patch = (TILE[0] - 36, SIDE + 2, TILE[0] - 6, SIDE + 2 + 2 * LINE)
    ImageDraw.Draw(image).rectangle(patch, fill=picture.dominant_color)
    return f"{picture.format} {picture.width} x {picture.height}"


def sheet(tiles: list[Image.Image]) -> Image.Image:
    """Lay the tiles in rows."""
    rows = -(-len(tiles) // COLUMNS)
    whole = Image.new("RGB", (TILE[0] * COLUMNS, TILE[1] * rows), "white")
    for number, each in enumerate(tiles):
        row, column = divmod(number, COLUMNS)
        whole.paste(each, (column * TILE[0], row * TILE[1]))
    return whole


def main() -> None:
    """Visit the gallery, and tell where the sheet is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="new, or without the exhibits' folders")
    parser.add_argument("--only", action="append", help="exhibits with this in their names")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    tiles = list(visited(arguments.folder, arguments.only or [""]))
    target = arguments.folder / "contact_sheet.png"
    sheet(tiles).save(target)
    print(f"{len(tiles)} pictures in {target}")


def visited(folder: Path, parts: list[str]) -> Iterator[Image.Image]:
    """Bring each exhibit that has one of the parts in its name to its end, and draw that."""
    # The engine is found where Lambda has it, at the top of a path, as its own process is.
    sys.path.insert(0, str(ROOT / "shared_package"))
    from tests.support.gallery import all_pictures
    from tests.support.gallery.visit import visit

    for name, exhibit in all_pictures().items():
        if any(part in name for part in parts):
            yield tile(exhibit, visit(exhibit, folder))


if __name__ == "__main__":
    main()
