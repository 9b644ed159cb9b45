"""AVIF and HEIC: pictures in boxes.

Source: ISO/IEC 14496-12 (boxes), ISO/IEC 23008-12 (items and their properties).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pillow_heif
from PIL import Image

from tests.support.gallery import icc, ifd, scene
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import DAMAGED, SECRET, TOO_LARGE, Exhibit, Ready, Refused

Make = Callable[..., bytes]


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    for kind, make in (("avif", _avif), ("heic", _heic)):
        yield from _of(kind, make)
    yield Exhibit("avif-420", partial(_avif, subsampling="4:2:0"))
    yield Exhibit("avif-moving", _moving)
    yield Exhibit("avif-of-38-megapixels", _large, Ready(6_200, 6_200, looks=None))
    yield Exhibit("heic-of-two-pictures", _two_pictures)
    yield Exhibit("heic-10-bit", _deep)
    yield Exhibit("heic-that-says-avif", _says_avif)
    yield Exhibit(
        "avif-of-no-box", lambda: _box(b"ftyp", b"avif\0\0\0\0avifmif1"), Refused(DAMAGED)
    )
    yield Exhibit(
        "heic-of-no-box", lambda: _box(b"ftyp", b"heic\0\0\0\0heicmif1"), Refused(DAMAGED)
    )


def _of(kind: str, make: Make) -> Iterator[Exhibit]:
    yield Exhibit(f"{kind}-plain", make)
    yield Exhibit(f"{kind}-named-png", make, suffix=".png")
    yield Exhibit(f"{kind}-grey", lambda: make(scene.grey()), Ready(looks=scene.grey))
    yield Exhibit(f"{kind}-alpha", lambda: make(scene.cut_out()), Ready(looks=scene.on_white))
    yield Exhibit(f"{kind}-metadata", partial(_secrets, make))
    yield Exhibit(f"{kind}-profile-blue-is-red", partial(_swapped, make))
    for number in (3, 5, 6):
        yield Exhibit(f"{kind}-orientation-{number}", partial(_oriented, make, number))
    for at in (40, 0.5, 0.98):
        name = f"{kind}-cut-at-{at}"
        yield Exhibit(name, partial(_cut, make, at), Refused(DAMAGED))
    lie = struct.pack(">LL", 60_000, 60_000)
    little = struct.pack(">LL", 16, 16)
    # One library refuses by itself, and scales a picture to what was said; the other one doesn't.
    avif = kind == "avif"
    code, larger = (DAMAGED if avif else TOO_LARGE), partial(_lying, make, little)
    yield Exhibit(f"{kind}-of-3600-megapixels", partial(_lying, make, lie), Refused(code))
    end = Ready(16, 16, looks=None) if avif else Refused(DAMAGED)
    yield Exhibit(f"{kind}-larger-than-it-says", larger, end)


def _avif(picture: Image.Image | None = None, **options: Any) -> bytes:
    options = {"quality": 90, "speed": 10, "subsampling": "4:4:4"} | options
    return encoded(picture or scene.colour(), "AVIF", **options)


def _heic(picture: Image.Image | None = None, **options: Any) -> bytes:
    pillow_heif.register_heif_opener()
    options = {"quality": 90, "chroma": 444, "enc_params": {"preset": "ultrafast"}} | options
    return encoded(picture or scene.colour(), "HEIF", **options)


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data) + 8) + kind + data


def _secrets(make: Make) -> bytes:
    secret = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    return make(exif=b"Exif\0\0" + ifd.exif(1, b"x", SECRET), xmp=secret)


def _swapped(make: Make) -> bytes:
    red, green, blue = scene.colour().split()
    return make(Image.merge("RGB", (blue, green, red)), icc_profile=icc.swapped(SECRET))


def _oriented(make: Make, number: int) -> bytes:
    """Turn by the boxes `irot` and `imir`, which a decoder obeys; EXIF says the same once more."""
    stored = scene.turned(scene.colour(), number)
    return make(stored, exif=b"Exif\0\0" + ifd.exif(number))


def _cut(make: Make, at: float) -> bytes:
    whole = make()
    return whole[: at if isinstance(at, int) else round(len(whole) * at)]


def _lying(make: Make, size: bytes) -> bytes:
    """Let the box `ispe` tell another size than the pixels have."""
    return make().replace(struct.pack(">LL", scene.WIDTH, scene.HEIGHT), size)


def _says_avif() -> bytes:
    return _heic().replace(b"ftypheic", b"ftypavif", 1)


def _large() -> bytes:
    return _avif(Image.new("RGB", (6_200, 6_200)), quality=20, subsampling="4:2:0")


def _moving() -> bytes:
    first, *rest = [scene.turned(scene.colour(), number) for number in (1, 2, 3)]
    return _avif(first, save_all=True, append_images=rest, duration=[100, 200, 300])


def _two_pictures() -> bytes:
    second = Image.new("RGB", (scene.WIDTH, scene.HEIGHT), "magenta")
    return _heic(save_all=True, append_images=[second])


def _deep() -> bytes:
    """Write 16 bits for each sample, of which the encoder keeps 10."""
    data = scene.colour().tobytes()
    wide = bytearray(2 * len(data))
    wide[0::2] = wide[1::2] = data
    size = (scene.WIDTH, scene.HEIGHT)
    target = io.BytesIO()
    heif = pillow_heif.from_bytes("RGB;16", size, bytes(wide))
    heif.save(target, quality=90, chroma=444)
    return target.getvalue()
