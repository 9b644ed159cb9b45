"""Where a picture stands in its rendition: whole, never enlarged, in a frame of exactly 16:9."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

# Frames are multiples of 32 x 18, the smallest one of even sides (H.264 halves its colours); this
# many of them are 1280 x 720.
_STEP = (32, 18)
_MOST = 40
_LARGEST = (_MOST * _STEP[0], _MOST * _STEP[1])


@dataclass(frozen=True)
class Layout:
    """The size of the picture, scaled, and that of the frame around it; in pixels, all even."""

    picture: tuple[int, int]
    frame: tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """A picture as it is decoded, upright: in pixels, each `pixel` times as wide as it is high."""

    width: int
    height: int
    pixel: Fraction = Fraction(1)

    def scaled(self, scale: Fraction) -> tuple[int, int]:
        """Return its size in square pixels, both sides even."""
        return _even(self.width * self.pixel * scale), _even(self.height * scale)

    def fits(self, frame: tuple[int, int]) -> Fraction:
        """Return the scale at which it fills a frame one way, and fits in the other."""
        return min(frame[0] / (self.width * self.pixel), Fraction(frame[1], self.height))


def of(shape: Shape) -> Layout:
    """Lay out a picture in the smallest frame that holds it; one that is too large is scaled."""
    picture = shape.scaled(min(Fraction(1), shape.fits(_LARGEST)))
    steps = max(math.ceil(side / step) for side, step in zip(picture, _STEP, strict=True))
    return Layout(picture, (steps * _STEP[0], steps * _STEP[1]))


def within(frame: tuple[int, int], shape: Shape) -> Layout:
    """Lay out a picture in a frame that is given, as large as it can be."""
    return Layout(shape.scaled(shape.fits(frame)), frame)


def _even(side: Fraction) -> int:
    return max(2, 2 * math.floor(side / 2))
