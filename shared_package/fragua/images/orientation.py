"""Turning a picture as its EXIF orientation says."""

from __future__ import annotations

from PIL import Image
from PIL.Image import Transpose

_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turn and mirror a picture of that orientation (1 to 8) the way it is to be seen."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)
