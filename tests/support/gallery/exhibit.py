"""What an exhibit is: bytes that are made when asked for, and the end that they come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from tests.support.gallery.scene import HEIGHT, WIDTH, colour

# The end of a refused one: the engine's words for why.
UNSUPPORTED, DAMAGED = "unsupported", "damaged"
TOO_LARGE, TOO_COMPLEX = "too_large", "too_complex"

# Stands in all metadata here; in no thumbnail is it allowed to come out again.
SECRET = b"TOP-SECRET"

Look = Callable[[], Image.Image]


@dataclass(frozen=True)
class Ready:
    """It becomes thumbnails, of a picture of this size as displayed."""

    width: int = WIDTH
    height: int = HEIGHT
    # What is to be seen, upright, in RGB; None where the pixels mean nothing.
    looks: Look | None = colour
    # How far a sample may be off on average, of 255.
    tolerance: float = 5
    frames: int = 1


@dataclass(frozen=True)
class Refused:
    """It becomes nothing, for this reason, or one of those that are as true."""

    code: str
    or_else: str = ""


@dataclass(frozen=True)
class Exhibit:
    """One of the gallery; the first word of its name is the format, where it is a picture."""

    name: str
    make: Callable[[], bytes]
    expected: Ready | Refused = Ready()
    # Says what the bytes often are not.
    suffix: str = ""

    @property
    def format(self) -> str:
        """The format that the engine tells of a picture that it makes thumbnails of."""
        return self.name.partition("-")[0]

    @property
    def file_name(self) -> str:
        """A name for it on disk."""
        return self.name + (self.suffix or f".{self.format}")
