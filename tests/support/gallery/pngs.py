"""PNG in all its depths and colours: each becomes thumbnails."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial

from PIL import Image

from tests.support.gallery import icc, ifd, scene
from tests.support.gallery import png_parts as parts
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import SECRET, Exhibit, Ready

Make = Callable[[], bytes]


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    for looks, found in (
        (scene.colour, _in_colour()),
        (scene.grey, _in_grey()),
        (scene.on_white, _clear()),
    ):
        for name, make in found.items():
            yield Exhibit(f"png-{name}", make, Ready(looks=looks))
    yield Exhibit("png-named-jpg", _plain, suffix=".jpg")
    yield Exhibit("png-1-bit-grey", partial(_few_greys, 1), Ready(looks=scene.two_tone))
    for bits in (2, 4):
        make = partial(_few_greys, bits)
        yield Exhibit(f"png-{bits}-bit-grey", make, Ready(looks=partial(_posterized, bits)))
    for bits in (1, 2, 4, 8):
        looks_like = partial(_few_colours, 2**bits)
        make = partial(_palette, bits)
        yield Exhibit(f"png-{bits}-bit-palette", make, Ready(looks=looks_like))
    yield Exhibit("png-colour-key", _colour_key, Ready(looks=_without_corner))
    for name, hidden in (("apng", False), ("apng-first-hidden", True)):
        yield Exhibit(f"png-{name}", partial(_animation, hidden=hidden), Ready(frames=3))
    for number in range(1, 9):
        yield Exhibit(f"png-orientation-{number}", partial(_oriented, number))


def _plain() -> bytes:
    return encoded(scene.colour(), "PNG")


def _in_colour() -> dict[str, Make]:
    linear = parts.chunk(b"gAMA", (45_455).to_bytes(4))
    return {
        "rgb": _plain,
        "rgb-16-bit": _rgb_16,
        "interlaced": _interlaced,
        "gamma-and-chromaticities": lambda: _with(linear, parts.chunk(b"cHRM", bytes(32))),
        "profile-blue-is-red": _swapped,
        "profile-broken": lambda: _with(parts.chunk(b"iCCP", b"x\0\0not deflated")),
        "profile-truncated": lambda: _with(_profile(icc.swapped()[:200])),
        "text-chunks": lambda: _with(*_texts()),
        "10000-small-idats": _small_idats,
        "garbage-behind-its-end": lambda: _plain() + SECRET * 10_000,
        "php-in-a-chunk": lambda: _with(parts.chunk(b"tEXt", b"c\0<?php " + SECRET + b"?>")),
        "exif-behind-its-pixels": _late_exif,
    }


def _in_grey() -> dict[str, Make]:
    return {"grey-16-bit": _grey_16}


def _clear() -> dict[str, Make]:
    return {
        "rgba": lambda: encoded(scene.cut_out(), "PNG"),
        "rgba-16-bit": _rgba_16,
        "palette-alpha": lambda: encoded(scene.cut_out().quantize(256), "PNG"),
    }


def _chunks(picture: Image.Image, colour: int, *between: bytes) -> bytes:
    head = parts.header(*picture.size, colour)
    return parts.png(head, *between, parts.idat(parts.rows(picture)))


def _with(*chunks: bytes) -> bytes:
    return _chunks(scene.colour(), parts.RGB, *chunks)


def _wide(picture: Image.Image, colour: int) -> bytes:
    wide = parts.idat(map(parts.doubled, parts.rows(picture)))
    return parts.png(parts.header(*picture.size, colour, 16), wide)


def _rgb_16() -> bytes:
    return _wide(scene.colour(), parts.RGB)


def _rgba_16() -> bytes:
    return _wide(scene.cut_out(), parts.RGBA)


def _grey_16() -> bytes:
    return _wide(scene.grey(), parts.GREY)


def _interlaced() -> bytes:
    picture = scene.colour()
    head = parts.header(*picture.size, parts.RGB, interlace=1)
    return parts.png(head, parts.idat(parts.passes(picture)))


def _profile(profile: bytes) -> bytes:
    return parts.chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))


def _swapped() -> bytes:
    red, green, blue = scene.colour().split()
    stored = Image.merge("RGB", (blue, green, red))
    return _chunks(stored, parts.RGB, _profile(icc.swapped(SECRET)))


def _texts() -> list[bytes]:
    return [
        parts.chunk(b"tEXt", b"Comment\0" + SECRET),
        parts.chunk(b"zTXt", b"Author\0\0" + zlib.compress(SECRET)),
        parts.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x>" + SECRET + b"</x>"),
        parts.chunk(b"eXIf", ifd.exif(1, b"x", description=SECRET)),
        parts.chunk(b"tIME", bytes([7, 234, 11, 24, 0, 0, 0])),
    ]


def _small_idats() -> bytes:
    picture = scene.colour()
    whole = zlib.compress(b"".join(b"\0" + row for row in parts.rows(picture)), 0)
    step = len(whole) // 10_000 + 1
    cut = [parts.chunk(b"IDAT", whole[at : at + step]) for at in range(0, len(whole), step)]
    return parts.png(parts.header(*picture.size), *cut)


def _late_exif() -> bytes:
    """Put the orientation where a reader finds it only after all pixels."""
    stored = scene.turned(scene.colour(), 6)
    pixels = parts.idat(parts.rows(stored))
    return parts.png(parts.header(*stored.size), pixels, parts.chunk(b"eXIf", ifd.exif(6)))


def _oriented(number: int) -> bytes:
    stored = scene.turned(scene.colour(), number)
    return _chunks(stored, parts.RGB, parts.chunk(b"eXIf", ifd.exif(number)))


def _few_greys(bits: int) -> bytes:
    picture = scene.grey().point(lambda value: value >> (8 - bits))
    few = parts.idat(parts.packed(row, bits) for row in parts.rows(picture))
    return parts.png(parts.header(*picture.size, parts.GREY, bits), few)


def _posterized(bits: int) -> Image.Image:
    return scene.grey().point(lambda value: (value >> (8 - bits)) * 255 // (2**bits - 1))


@cache
def _quantized(colours: int) -> Image.Image:
    return scene.colour().quantize(colours, dither=Image.Dither.NONE)


def _few_colours(colours: int) -> Image.Image:
    return _quantized(colours).convert("RGB")


def _palette(bits: int) -> bytes:
    return encoded(_quantized(2**bits), "PNG", bits=bits)


def _colour_key() -> bytes:
    """Let one colour, that of the red corner, be clear."""
    key = b"".join(value.to_bytes(2) for value in scene.RED)
    return _with(parts.chunk(b"tRNS", key))


def _without_corner() -> Image.Image:
    picture = scene.colour()
    picture.paste("white", (0, 0, scene.WIDTH // 5 + 1, scene.HEIGHT // 5 + 1))
    return picture


def _animation(*, hidden: bool) -> bytes:
    """Write three frames, maybe behind a picture that only readers of plain PNG may show."""
    frames = [scene.turned(scene.colour(), number) for number in (1, 2, 3)]
    first = [Image.new("RGB", (scene.WIDTH, scene.HEIGHT), "magenta")] if hidden else []
    options = {"default_image": hidden, "duration": [100, 200, 300], "loop": 2}
    head, *rest = first + frames
    return encoded(head, "PNG", save_all=True, append_images=rest, **options)
