"""What most exhibits show: no side, corner or colour of it can be taken for another."""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw

# Large enough for two heights, no multiple of a block of 16, and widths that must be rounded up.
WIDTH, HEIGHT = 510, 420
RED, GREEN, BLUE, YELLOW = (230, 20, 20), (20, 170, 40), (30, 40, 220), (240, 220, 30)


def _letter(width: int, height: int) -> list[tuple[float, float]]:
    """Draw an F, which has no symmetry at all, as a polygon in the middle."""
    points = [(35, 20), (70, 20), (70, 32), (47, 32), (47, 45), (62, 45), (62, 57), (47, 57)]
    points += [(47, 82), (35, 82)]
    return [(x * width / 100, y * height / 100) for x, y in points]


@cache
def _scene(width: int, height: int) -> Image.Image:
    down = Image.linear_gradient("L").resize((width, height))
    right = Image.linear_gradient("L").rotate(90).resize((width, height))
    around = Image.radial_gradient("L").resize((width, height))
    picture = Image.merge("RGB", (right, down, around))
    draw = ImageDraw.Draw(picture)
    draw.polygon(_letter(width, height), fill="white")
    w, h = width // 5, height // 5
    draw.rectangle((0, 0, w, h), fill=RED)
    draw.rectangle((width - w, 0, width, h), fill=GREEN)
    draw.rectangle((0, height - h, w, height), fill=BLUE)
    draw.rectangle((width - w, height - h, width, height), fill=YELLOW)
    return picture


def colour(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Red, green, blue and yellow corners, clockwise from the top left but for the last two."""
    return _scene(width, height).copy()


def grey(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Return the same without colour, in mode L."""
    return colour(width, height).convert("L")


def two_tone() -> Image.Image:
    """Return the same in black and white only, without dither, in mode 1."""
    return grey().point(lambda value: 255 * (value > 127), mode="1")


@cache
def _mask() -> Image.Image:
    """Be opaque within a disc, half so in a ring around it, and clear at the border."""
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    draw.ellipse((WIDTH * 0.02, HEIGHT * 0.02, WIDTH * 0.98, HEIGHT * 0.98), fill=128)
    draw.ellipse((WIDTH * 0.1, HEIGHT * 0.1, WIDTH * 0.9, HEIGHT * 0.9), fill=255)
    return mask


def cut_out() -> Image.Image:
    """Return the scene with alpha; what can't be seen is black, so that a fringe would show."""
    picture = colour().convert("RGBA")
    picture.putalpha(_mask())
    black = Image.new("RGBA", picture.size)
    black.paste(picture, mask=_mask().point(lambda value: 255 * (value > 0)))
    return black


def on_white() -> Image.Image:
    """Return the cut-out before a white wall, as it looks in a page."""
    white = Image.new("RGBA", (WIDTH, HEIGHT), "white")
    return Image.alpha_composite(white, cut_out()).convert("RGB")


def turned(picture: Image.Image, orientation: int) -> Image.Image:
    """Store a picture so that a viewer that obeys the orientation sees it upright again.

    Source: the table of orientations in Exif 2.32, 4.6.4 (tag 0x0112).
    """
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    return picture if undo is None else picture.transpose(undo)
