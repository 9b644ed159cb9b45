"""A picture whose header was read and judged, and that can now be decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from fragua.images.picture import Size


@dataclass(frozen=True)
class Frame:
    """One picture of an animation, as the viewer sees it then, for `duration` milliseconds."""

    image: Image.Image
    duration: int


@dataclass(frozen=True)
class Animation:
    """More than one frame. `loop` counts how often it is shown, 0 is for ever."""

    frames: int
    loop: int
    play: Callable[[], Iterator[Frame]]


@dataclass(frozen=True)
class Source:
    """A still picture, or the first frame of an animation.

    `size` and `orientation` (of EXIF, 1 to 8) are as stored. `load(least)` decodes it, as small
    as its format cheaply can but no smaller than `least`, unless the picture itself is.
    """

    format: str
    size: Size
    load: Callable[[Size], Image.Image]
    orientation: int = 1
    animation: Animation | None = None

    @property
    def lies(self) -> bool:
        """Whether turning it upright swaps width and height."""
        return self.orientation >= 5

    @property
    def displayed(self) -> Size:
        """The size after turning it upright."""
        width, height = self.size
        return (height, width) if self.lies else (width, height)
