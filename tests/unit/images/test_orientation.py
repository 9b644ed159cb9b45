"""Pictures come out the way they are to be seen, whatever format says how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.Image import Transpose

from fragua.images.formats import exif

from .drawing import apart, encoded, scene, shown, thumbnails

# How the pixels of an upright picture are stored in a file of each orientation.
STORED = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}
# Grain that was decoded at half its size would differ by 14.
LOSS = 10
ORIENTATIONS = pytest.mark.parametrize("orientation", STORED)


def stored(image: Image.Image, orientation: int) -> Image.Image:
    turn = STORED[orientation]
    return image if turn is None else image.transpose(turn)


def noted(orientation: int) -> bytes:
    notes = Image.Exif()
    notes[0x0112] = orientation
    return notes.tobytes()


@ORIENTATIONS
@pytest.mark.parametrize(
    ("format_", "options"), [("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})]
)
def test_every_pixel_is_where_the_upright_picture_has_it(
    tmp_path: Path, orientation: int, format_: str, options: dict[str, Any]
) -> None:
    expected = tmp_path / "upright.webp"
    thumbnails(encoded(scene(), "PNG"), tmp_path)
    (tmp_path / "64.webp").rename(expected)
    told: dict[str, Any] = {"exif": noted(orientation)}
    if format_ == "TIFF":
        told = {"tiffinfo": {0x0112: orientation}}
    data = encoded(stored(scene(), orientation), format_, **options, **told)
    picture = thumbnails(data, tmp_path)
    assert (picture.width, picture.height) == (96, 64)
    assert (tmp_path / "64.webp").read_bytes() == expected.read_bytes()


@ORIENTATIONS
@pytest.mark.parametrize("format_", ["JPEG", "HEIF", "AVIF"])
def test_lossy_formats_come_upright_too(tmp_path: Path, orientation: int, format_: str) -> None:
    turned = stored(scene(), orientation)
    data = encoded(turned, format_, quality=95, exif=noted(orientation))
    assert apart(shown(data, tmp_path), scene()) < 8


@ORIENTATIONS
@pytest.mark.parametrize("format_", ["JPEG", "WEBP"])
def test_large_ones_are_decoded_small_enough_the_right_way(
    tmp_path: Path, orientation: int, format_: str
) -> None:
    grain = Image.effect_noise((250, 1000), 60).resize((500, 2000))
    large = grain.convert("RGB")
    data = encoded(stored(large, orientation), format_, quality=95, exif=noted(orientation))
    expected = large.resize((100, 400), Image.Resampling.LANCZOS)
    assert apart(shown(data, tmp_path, 400), expected) < LOSS


@given(st.binary())
def test_any_bytes_have_an_orientation(block: bytes) -> None:
    assert exif.orientation(block) == 1 or block[:4] in {b"II*\0", b"MM\0*"}


@given(st.sampled_from([b"II*\0", b"MM\0*"]), st.binary(max_size=60))
def test_broken_notes_say_nothing_wrong(order: bytes, rest: bytes) -> None:
    assert 1 <= exif.orientation(b"Exif\0\0" + order + rest) <= 8


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_is_none_leaves_it_as_it_is(orientation: int) -> None:
    assert exif.orientation(noted(orientation)) == 1
