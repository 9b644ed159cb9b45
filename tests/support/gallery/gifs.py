"""GIF: still, moving, broken, and made to cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from PIL import Image

from tests.support.gallery import gif_parts as parts
from tests.support.gallery import scene
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import DAMAGED, SECRET, TOO_LARGE, Exhibit, Ready, Refused

Make = Callable[[], bytes]


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    for name, make in _still().items():
        yield Exhibit(f"gif-{name}", make, Ready(looks=_few_colours))
    yield Exhibit("gif-clear", _clear, Ready(looks=_clear_on_white))
    for disposal in range(4):
        make = partial(_boxes, disposal)
        yield Exhibit(f"gif-disposal-{disposal}", make, Ready(300, 210, looks=_first_box, frames=4))
    yield Exhibit("gif-moving", _moving, Ready(looks=_few_colours, frames=3))
    yield from _odd_frames()
    for name, make in _broken().items():
        yield Exhibit(f"gif-{name}", make, Refused(DAMAGED))
    for name, make in _costly().items():
        yield Exhibit(f"gif-{name}", make, Refused(TOO_LARGE))


def _odd_frames() -> Iterator[Exhibit]:
    yield Exhibit("gif-frame-of-zero-size", _frame_of_nothing, Refused(DAMAGED))
    # The screen grows for it, as browsers' does not.
    yield Exhibit("gif-frame-far-outside", partial(_frame_at, 60_000), Refused(TOO_LARGE))
    yield Exhibit("gif-frame-half-outside", partial(_frame_at, 20), Ready(40, 30, looks=None))
    yield Exhibit("gif-frame-larger-than-screen", _frame_larger, Ready(80, 60, looks=None))
    yield Exhibit("gif-without-palette", _without_palette, Ready(40, 30, looks=None))
    yield Exhibit("gif-without-trailer", lambda: _small()[:-1], Ready(40, 30, looks=None))
    yield Exhibit("gif-with-javascript", _javascript, Ready(40, 30, looks=None))
    yield Exhibit("gif-of-77-megapixels", _large, Ready(8_800, 8_800, looks=None))
    for name, count in (("20000-frames", 20_000), ("600-large-frames", 600)):
        side = 40 if count > 1000 else 1_000
        make = partial(_many_frames, count, side)
        yield Exhibit(f"gif-{name}", make, Ready(side, side, looks=None))


def _still() -> dict[str, Make]:
    return {
        "still": lambda: encoded(_quantized(), "GIF"),
        "interlaced": lambda: encoded(_quantized(), "GIF", interlace=1),
        "comment-of-2-mb": lambda: _with(parts.comment(SECRET * 200_000)),
        "named-png": lambda: encoded(_quantized(), "GIF"),
        "xmp": lambda: _with(b"\x21\xff\x0bXMP DataXMP" + parts.blocks(SECRET * 99)),
    }


def _broken() -> dict[str, Make]:
    return {
        "signature-only": lambda: b"GIF89a",
        "screen-only": lambda: parts.head(40, 30) + parts.TRAILER,
        "cut-in-the-middle": lambda: _whole()[: len(_whole()) // 2],
        "of-zero-size": lambda: parts.head(0, 0) + parts.frame((0, 0, 0, 0), 1) + b";",
        "codes-that-are-none": lambda: (
            parts.head(40, 30) + parts.frame((0, 0, 40, 30), 0, data=b"\xff" * 300) + b";"
        ),
    }


def _costly() -> dict[str, Make]:
    return {
        "of-4000-megapixels": lambda: parts.head(65_535, 65_535) + _dot(),
        "moving-over-4000-megapixels": lambda: (
            parts.head(65_535, 65_535) + parts.forever() + (parts.control() + _dot()) * 20
        ),
    }


def _dot() -> bytes:
    return parts.frame((0, 0, 1, 1), 1)


@cache
def _quantized() -> Image.Image:
    return scene.colour().quantize(128, dither=Image.Dither.NONE)


def _few_colours() -> Image.Image:
    return _quantized().convert("RGB")


def _whole() -> bytes:
    return encoded(_quantized(), "GIF")


def _with(extension: bytes) -> bytes:
    whole = _whole()
    at = 13 + 3 * 2 ** ((whole[10] & 7) + 1)
    return whole[:at] + extension + whole[at:]


def _hole() -> Image.Image:
    """Return the scene with a sharp hole: GIF knows no half-clear pixel."""
    picture = scene.colour().convert("RGBA")
    picture.paste((0, 0, 0, 0), (100, 100, 300, 300))
    return picture


def _clear() -> bytes:
    return encoded(_hole(), "GIF")


def _clear_on_white() -> Image.Image:
    white = Image.new("RGBA", (scene.WIDTH, scene.HEIGHT), "white")
    return Image.alpha_composite(white, _hole()).convert("RGB")


def _moving() -> bytes:
    frames = [scene.turned(_quantized(), number) for number in (1, 2, 3)]
    durations = [100, 200, 300]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=durations)


def _boxes(disposal: int) -> bytes:
    """Move a box over a ground with a local palette each, and dispose of it in one of the ways."""
    gif = parts.head(300, 210) + parts.forever()
    gif += parts.control(10, 1) + parts.frame((0, 0, 300, 210), 3)
    for number in range(3):
        local = bytes([0, 0, 0, 250, 80 * number, 20, 9, 9, 9, 255, 255, 255])
        gif += parts.control(20 + number, disposal, clear=0)
        gif += parts.frame((20 + 90 * number, 60, 80, 80), 1, local)
    return gif + parts.TRAILER


def _first_box() -> Image.Image:
    return Image.new("RGB", (300, 210), scene.BLUE)


def _small() -> bytes:
    return parts.head(40, 30) + parts.frame((0, 0, 40, 30), 1) + parts.TRAILER


def _frame_of_nothing() -> bytes:
    return _small()[:-1] + parts.control() + parts.frame((0, 0, 0, 0), 1) + parts.TRAILER


def _frame_at(place: int) -> bytes:
    frame = parts.frame((place, place, 30, 30), 2)
    return _small()[:-1] + parts.control() + frame + parts.TRAILER


def _frame_larger() -> bytes:
    return parts.head(40, 30) + parts.frame((0, 0, 80, 60), 2) + parts.TRAILER


def _without_palette() -> bytes:
    return parts.head(40, 30, b"") + parts.frame((0, 0, 40, 30), 1) + parts.TRAILER


def _javascript() -> bytes:
    """Be a picture and a script: the width of the screen is the beginning of a comment."""
    gif = parts.head(40, 30) + parts.comment(b"*/=1;alert('" + SECRET + b"');/*")
    return gif + parts.frame((0, 0, 40, 30), 1) + parts.TRAILER + b"*/"


def _large() -> bytes:
    return encoded(Image.new("P", (8_800, 8_800)), "GIF")


def _many_frames(count: int, side: int) -> bytes:
    """Change one pixel of a square, again and again."""
    first = parts.frame((0, 0, side, side), 3)
    dots = [parts.frame((number % side, number % 7, 1, 1), number % 4) for number in range(1, 29)]
    steps = [parts.control(2) + dots[number % 28] for number in range(count - 1)]
    return parts.head(side, side) + parts.forever() + first + b"".join(steps) + parts.TRAILER
