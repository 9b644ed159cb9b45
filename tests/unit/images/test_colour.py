"""Colours are those of the file, in sRGB with 8 bits."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageCms

from tests.support.gallery import icc
from tests.support.gallery.png_parts import chunk, header, idat
from tests.support.gallery.png_parts import png as png_of

from .drawing import BLUE, RED, apart, encoded, scene, shown

PLAIN = Image.new("RGB", (40, 40), RED)


def deep_grey() -> bytes:
    """A PNG of 16 bits a pixel, from black to white."""
    row = b"".join(struct.pack(">H", 257 * x) for x in range(256))
    return png_of(header(256, 20, colour=0, bits=16), idat([row] * 20), chunk(b"IEND"))


def swapped(image: Image.Image) -> Image.Image:
    red, green, blue, *alpha = image.split()
    return Image.merge(image.mode, (blue, green, red, *alpha))


@pytest.mark.parametrize(
    ("format_", "mode"),
    [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("TIFF", "RGB")],
)
def test_a_profile_is_applied(tmp_path: Path, format_: str, mode: str) -> None:
    image = scene().convert(mode)
    options = {"quality": 95} if format_ in {"JPEG", "WEBP"} else {}
    data = encoded(image, format_, icc_profile=icc.swapped(), **options)
    assert apart(shown(data, tmp_path), swapped(image)) < 8


@pytest.mark.parametrize("format_", ["HEIF", "AVIF"])
def test_a_profile_in_a_container_is_applied(tmp_path: Path, format_: str) -> None:
    data = encoded(scene(), format_, quality=95, icc_profile=icc.swapped())
    assert apart(shown(data, tmp_path), swapped(scene())) < 10


def test_a_grey_picture_follows_a_grey_profile(tmp_path: Path) -> None:
    data = encoded(Image.new("L", (40, 40), 55), "PNG", icc_profile=icc.linear_grey())
    # Light of 55/255 is 127 in sRGB.
    assert apart(shown(data, tmp_path), Image.new("L", (40, 40), 128)) < 3


def test_a_grey_picture_follows_a_profile_of_colours_too(tmp_path: Path) -> None:
    image = Image.linear_gradient("L")
    data = encoded(image, "PNG", icc_profile=icc.swapped())
    assert apart(shown(data, tmp_path, 256), image) < 5


# A profile whose space has a name that is not ASCII.
NAMELESS = icc.swapped()[:16] + b"\xff" + icc.swapped()[17:]


@pytest.mark.parametrize(
    "profile", [b"", b"none at all", icc.swapped()[:200], icc.inks(), NAMELESS], ids=range(5)
)
def test_a_profile_that_is_broken_or_for_other_channels_is_none(
    tmp_path: Path, profile: bytes
) -> None:
    data = encoded(scene(), "JPEG", quality=95, icc_profile=profile)
    assert apart(shown(data, tmp_path), scene()) < 8


def test_one_that_is_called_srgb_changes_nothing(tmp_path: Path) -> None:
    data = encoded(scene(), "PNG", icc_profile=icc.swapped(b"sRGB IEC61966-2.1"))
    assert apart(shown(data, tmp_path), scene()) < 5


@pytest.mark.parametrize("profile", [None, icc.inks()])
def test_inks_become_light(tmp_path: Path, profile: bytes | None) -> None:
    inks = Image.new("CMYK", (40, 40), (255, 255, 0, 0))
    data = encoded(inks, "JPEG", quality=95, icc_profile=profile)
    assert apart(shown(data, tmp_path), Image.new("RGB", (40, 40), (0, 0, 255))) < 12


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_become_eight(tmp_path: Path, format_: str) -> None:
    data = deep_grey()
    if format_ == "TIFF":
        (tmp_path / "deep.png").write_bytes(data)
        with Image.open(tmp_path / "deep.png") as deep:
            data = encoded(deep, "TIFF")
    expected = Image.linear_gradient("L").rotate(90).resize((256, 20))
    assert apart(shown(data, tmp_path), expected) < 3


@pytest.mark.parametrize("mode", ["I", "F"])
def test_numbers_without_a_depth_go_from_black_to_white(tmp_path: Path, mode: str) -> None:
    image = Image.linear_gradient("L").convert(mode).point(lambda value: value * 1000 - 500)
    assert apart(shown(encoded(image, "TIFF"), tmp_path, 256), Image.linear_gradient("L")) < 3


@pytest.mark.parametrize("mode", ["1", "L", "P"])
@pytest.mark.parametrize("format_", ["PNG", "BMP", "TIFF", "GIF"])
def test_few_colours_are_averaged_as_colours(tmp_path: Path, mode: str, format_: str) -> None:
    # Two colours side by side: their indices say nothing of what lies between.
    stripes = Image.new("P", (400, 400), 0)
    stripes.putpalette([*RED, *BLUE])
    for x in range(0, 400, 2):
        stripes.paste(1, (x, 0, x + 1, 400))
    image = stripes if mode == "P" else stripes.convert("RGB").convert(mode)
    if mode == "1":
        image = stripes.point([0, 255] * 128, "1")
    between = image.convert("RGB").resize((100, 100), Image.Resampling.BOX)
    assert apart(shown(encoded(image, format_), tmp_path, 100), between) < 10


def test_lab_is_turned_into_light(tmp_path: Path) -> None:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    image = ImageCms.profileToProfile(PLAIN, srgb, lab, outputMode="LAB")
    assert image
    assert apart(shown(encoded(image, "TIFF"), tmp_path), PLAIN) < 4


def test_a_large_picture_differs_from_a_careful_reduction_less_than_webp_makes_it(
    tmp_path: Path,
) -> None:
    noise = Image.effect_noise((1200, 900), 60)
    grained = ImageChops.multiply(scene(1200, 900), Image.merge("RGB", [noise] * 3))
    expected = grained.resize((533, 400), Image.Resampling.LANCZOS)
    assert apart(shown(encoded(grained, "PNG"), tmp_path, 400), expected) < 7
