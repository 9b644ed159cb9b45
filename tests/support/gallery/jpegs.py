"""JPEG as cameras, scanners and printers write it: each becomes thumbnails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from PIL import Image, ImageChops

from tests.support.gallery import icc, ifd, scene
from tests.support.gallery import jpeg_parts as parts
from tests.support.gallery.encoded import encoded
from tests.support.gallery.exhibit import SECRET, Exhibit, Look, Ready


def exhibits() -> Iterator[Exhibit]:
    """Yield them."""
    yield from (Exhibit(f"jpeg-{name}", make) for name, make in _in_colour().items())
    for number in range(1, 9):
        yield Exhibit(f"jpeg-orientation-{number}", partial(_oriented, number))
    for name, picture in _in_grey().items():
        yield Exhibit(f"jpeg-{name}", picture, Ready(looks=scene.grey))
    yield Exhibit("jpeg-grey-linear-profile", _linear_grey, Ready(looks=_brightened))
    yield Exhibit("jpeg-cmyk-without-adobe", _without_adobe, Ready(looks=None))
    yield Exhibit("jpeg-cmyk-profile", _inks, Ready(looks=None))
    for name, sampling in _SAMPLINGS.items():
        looks: Look = partial(scene.colour, 512, 416)
        make = partial(_mosaic, sampling)
        yield Exhibit(f"jpeg-sampled-{name}", make, Ready(512, 416, looks, tolerance=12))


_SAMPLINGS: dict[str, parts.Sampling] = {
    "411": ((4, 1), (1, 1), (1, 1)),
    "440": ((1, 2), (1, 1), (1, 1)),
    "411-upright": ((1, 4), (1, 1), (1, 1)),
    "colour-finer-than-light": ((1, 1), (2, 2), (2, 2)),
}


def _jpeg(picture: Image.Image | None = None, **options: Any) -> bytes:
    return encoded(picture or scene.colour(), "JPEG", **({"quality": 90} | options))


def _in_colour() -> dict[str, Any]:
    return {
        "baseline": _jpeg,
        "444": partial(_jpeg, subsampling="4:4:4"),
        "422": partial(_jpeg, subsampling="4:2:2"),
        "rgb-not-ycc": partial(_jpeg, keep_rgb=True),
        "progressive": partial(_jpeg, progressive=True),
        "restart-markers": partial(_jpeg, restart_marker_blocks=1),
        "cmyk-adobe-inverted": lambda: _jpeg(_separated()),
        "ycck": _ycck,
        "profile-blue-is-red": _swapped,
        "profile-in-six-segments": lambda: _swapped(bytes(300_000)),
        "profile-broken": lambda: _jpeg(icc_profile=b"no profile at all"),
        "profile-of-cmyk-in-rgb": lambda: _jpeg(icc_profile=icc.inks()),
        "exif-broken": lambda: _with(parts.segment(parts.APP1, b"Exif\0\0II*\0\xff\xff\xff\xff")),
        "exif-orientation-99": lambda: _jpeg(exif=b"Exif\0\0" + ifd.exif(99)),
        "mpo": _two_pictures,
        "all-metadata": _all_metadata,
        "app-segments-of-13-mb": lambda: _with(parts.segment(0xEB, SECRET * 6553) * 200),
        "garbage-behind-its-end": lambda: _jpeg() + SECRET * 10_000,
        "zip-behind-its-end": lambda: _jpeg() + b"PK\3\4" + SECRET + b"PK\5\6" + bytes(18),
        "html-in-a-comment": lambda: _with(parts.segment(parts.COMMENT, _SCRIPT)),
        "fill-bytes": lambda: _with(b"\xff" * 1000 + parts.segment(parts.COMMENT, b"")),
        "named-png": _jpeg,
    }


def _in_grey() -> dict[str, Any]:
    return {
        "grey": lambda: _jpeg(scene.grey()),
        "grey-progressive": lambda: _jpeg(scene.grey(), progressive=True),
    }


_SCRIPT = b"--><html><script>alert('" + SECRET + b"')</script></html>"


def _with(*segments: bytes) -> bytes:
    return parts.behind_soi(_jpeg(), *segments)


def _oriented(number: int) -> bytes:
    stored = scene.turned(scene.colour(), number)
    return _jpeg(stored, subsampling="4:4:4", exif=b"Exif\0\0" + ifd.exif(number))


def _separated() -> Image.Image:
    """Separate the scene with as much black as there is, as a printer does."""
    cyan, magenta, yellow = ImageChops.invert(scene.colour()).split()
    black = ImageChops.darker(ImageChops.darker(cyan, magenta), yellow)
    scale = ImageChops.invert(black)
    inks = [
        Image.frombytes("L", ink.size, bytes(map(_relative, ink.tobytes(), scale.tobytes())))
        for ink in (ImageChops.subtract(ink, black) for ink in (cyan, magenta, yellow))
    ]
    return Image.merge("CMYK", (*inks, black))


def _relative(ink: int, light: int) -> int:
    return round(255 * ink / light) if light else 0


def _ycck() -> bytes:
    """Let YCC of the inks stand where Pillow thinks that it writes inks, and say so to readers."""
    *inks, black = _separated().split()
    light, blue, red = Image.merge("RGB", inks).convert("YCbCr").split()
    planes = [ImageChops.invert(plane) for plane in (light, blue, red)]
    jpeg = _jpeg(Image.merge("CMYK", (*planes, black)))
    transform = jpeg.index(b"Adobe") + 11
    return jpeg[:transform] + b"\2" + jpeg[transform + 1 :]


def _without_adobe() -> bytes:
    jpeg = _jpeg(_separated())
    at = jpeg.index(b"\xff\xee")
    return jpeg[:at] + jpeg[at + 16 :]


def _swapped(padding: bytes = b"") -> bytes:
    red, green, blue = scene.colour().split()
    stored = Image.merge("RGB", (blue, green, red))
    return _jpeg(stored, subsampling="4:4:4", icc_profile=icc.swapped() + padding)


def _linear_grey() -> bytes:
    return _jpeg(scene.grey(), icc_profile=icc.linear_grey())


def _brightened() -> Image.Image:
    """Return what the grey scene is when its numbers are taken for light itself."""
    return scene.grey().point(lambda value: round(255 * (value / 255) ** (1 / 2.2)))


def _inks() -> bytes:
    return _jpeg(_separated(), icc_profile=icc.inks())


def _two_pictures() -> bytes:
    second = Image.new("RGB", (scene.WIDTH, scene.HEIGHT), "magenta")
    return encoded(scene.colour(), "MPO", save_all=True, append_images=[second], quality=90)


def _all_metadata() -> bytes:
    """Write EXIF with a place and a thumbnail, XMP, a profile and a comment."""
    small = encoded(Image.new("RGB", (160, 134), "magenta"), "JPEG", comment=SECRET)
    return _jpeg(
        exif=b"Exif\0\0" + ifd.exif(1, small, description=SECRET),
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>",
        comment=SECRET,
        icc_profile=_srgb() + SECRET,
    )


def _srgb() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _mosaic(sampling: parts.Sampling) -> bytes:
    return parts.mosaic(scene.colour(512, 416), sampling)
