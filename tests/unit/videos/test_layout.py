"""A picture stands whole in a frame of 16:9 that is as small as can be."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fragua.videos import layout
from fragua.videos.layout import Layout, Shape

SIDES = st.integers(1, 20_000)
PIXELS = st.fractions(Fraction(1, 8), 8, max_denominator=64)


@pytest.mark.parametrize(
    ("shape", "picture", "frame"),
    [
        (Shape(1280, 720), (1280, 720), (1280, 720)),
        (Shape(1920, 1080), (1280, 720), (1280, 720)),
        (Shape(7680, 4320), (1280, 720), (1280, 720)),
        (Shape(1080, 1920), (404, 720), (1280, 720)),
        (Shape(640, 480), (640, 480), (864, 486)),
        (Shape(160, 90), (160, 90), (160, 90)),
        (Shape(161, 91), (160, 90), (160, 90)),
        # PAL's pixels are wider than they are high.
        (Shape(720, 576, Fraction(64, 45)), (1024, 576), (1024, 576)),
        (Shape(10_000, 2), (1280, 2), (1280, 720)),
    ],
)
def test_a_picture_is_scaled_into_its_frame(
    shape: Shape, picture: tuple[int, int], frame: tuple[int, int]
) -> None:
    assert layout.of(shape) == Layout(picture, frame)


@given(SIDES, SIDES, PIXELS)
@example(1280, 721, Fraction(1))
def test_a_frame_is_of_16_9_and_even_and_no_larger_than_720p(
    width: int, height: int, pixel: Fraction
) -> None:
    found = layout.of(Shape(width, height, pixel))
    wide, high = found.frame
    assert (wide * 9, wide % 2, high % 2) == (high * 16, 0, 0)
    assert wide <= 1280
    assert all(side % 2 == 0 for side in found.picture)
    assert all(inner <= outer for inner, outer in zip(found.picture, found.frame, strict=True))


@given(SIDES, SIDES, PIXELS)
def test_a_picture_is_never_enlarged_and_keeps_its_shape(
    width: int, height: int, pixel: Fraction
) -> None:
    shown = layout.of(Shape(width, height, pixel)).picture
    wide = width * pixel
    scale = min(Fraction(1), 1280 / wide, Fraction(720, height))
    for side, whole in zip(shown, (wide * scale, height * scale), strict=True):
        # Even, so less than two pixels are lost; and a line stays visible.
        assert side == 2 if whole < 2 else 0 <= whole - side < 2


@given(SIDES, SIDES, PIXELS)
def test_the_frame_could_not_be_smaller(width: int, height: int, pixel: Fraction) -> None:
    found = layout.of(Shape(width, height, pixel))
    smaller = (found.frame[0] - 32, found.frame[1] - 18)
    assert any(side > most for side, most in zip(found.picture, smaller, strict=True))


@given(SIDES, SIDES, PIXELS, st.integers(1, 40))
def test_another_clip_fills_the_frame_one_way(
    width: int, height: int, pixel: Fraction, steps: int
) -> None:
    frame = (32 * steps, 18 * steps)
    found = layout.within(frame, Shape(width, height, pixel))
    assert found.frame == frame
    assert any(0 <= most - side < 2 for side, most in zip(found.picture, frame, strict=True))
    assert all(side <= most for side, most in zip(found.picture, frame, strict=True))
