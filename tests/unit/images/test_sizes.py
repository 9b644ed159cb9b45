"""How large thumbnails are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fragua.errors import Refusal
from fragua.images.pyramid import sizes_of

from .drawing import encoded, thumbnails

SIDES = st.integers(min_value=1, max_value=4000)
HEIGHTS = st.lists(st.integers(min_value=1, max_value=2000), min_size=1, max_size=5)


@given(SIDES, st.integers(min_value=250, max_value=4000), HEIGHTS)
def test_widths_are_exact_to_the_pixel(width: int, height: int, heights: list[int]) -> None:
    for made, each in sizes_of((width, height), heights):
        exact = Fraction(width * each, height)
        assert made == 1 or abs(made - exact) <= Fraction(1, 2)
        assert made >= 1


@given(st.integers(min_value=1, max_value=300), SIDES, HEIGHTS)
def test_nothing_is_enlarged_and_no_height_is_made_twice(
    width: int, height: int, heights: list[int]
) -> None:
    made = [each for _, each in sizes_of((width, height), heights)]
    assert made == sorted({min(each, height) for each in heights}, reverse=True)


@pytest.mark.parametrize(
    ("height", "made"), [(300, [300, 200]), (100, [100]), (200, [200]), (1000, [400, 200])]
)
def test_a_low_picture_gets_one_of_its_own_height(
    tmp_path: Path, height: int, made: list[int]
) -> None:
    picture = thumbnails(encoded(Image.new("RGB", (60, height)), "PNG"), tmp_path, 200, 400)
    assert [each.height for each in picture.thumbnails[::2]] == made
    assert (picture.width, picture.height) == (60, height)


def test_what_is_told_of_a_thumbnail_is_what_is_written(tmp_path: Path) -> None:
    picture = thumbnails(encoded(Image.new("RGB", (799, 533)), "JPEG"), tmp_path, 200, 400)
    for each in picture.thumbnails:
        file = tmp_path / each.file
        with Image.open(file) as image:
            assert (image.width, image.height) == (each.width, each.height)
            assert image.get_format_mimetype() == each.content_type
        assert file.stat().st_size == each.size
    kinds = [(each.height, each.content_type) for each in picture.thumbnails]
    assert kinds == [(h, t) for h in (400, 200) for t in ("image/webp", "image/jpeg")]


@pytest.mark.parametrize(("width", "height"), [(1, 4000), (4000, 1), (16_383, 1), (1, 65_535)])
def test_extreme_ratios_are_at_least_one_pixel_wide(
    tmp_path: Path, width: int, height: int
) -> None:
    picture = thumbnails(encoded(Image.new("L", (width, height)), "PNG"), tmp_path)
    size = (picture.thumbnails[0].width, picture.thumbnails[0].height)
    assert size == (max(1, min(width, 200 * width // height)), min(height, 200))


def test_a_picture_too_wide_for_webp_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="65535 x 1 pixels") as refused:
        thumbnails(encoded(Image.new("L", (65_535, 1)), "PNG"), tmp_path)
    assert refused.value.code == "too_large"
