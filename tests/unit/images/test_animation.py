"""Animations stay what they are, in WebP; JPEG has their first frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from .drawing import BLUE, GREEN, RED, apart, encoded, scene, thumbnails

DURATIONS = [100, 250, 40]
FRAMES = [Image.new("RGB", (300, 240), colour) for colour in (RED, GREEN, BLUE)]


def animation(format_: str, **options: Any) -> bytes:
    more = {"save_all": True, "append_images": FRAMES[1:], "duration": DURATIONS}
    return encoded(FRAMES[0], format_, **more, **options)


def played(file: Path) -> list[tuple[Image.Image, int]]:
    """Each frame of a WebP with its duration in milliseconds."""
    with Image.open(file) as image:
        frames = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            frames.append((image.convert("RGB"), image.info.get("duration", 0)))
    return frames


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP"])
def test_frames_and_durations_are_kept_at_every_height(tmp_path: Path, format_: str) -> None:
    picture = thumbnails(animation(format_, loop=0), tmp_path, 200, 100)
    assert [each.width for each in picture.thumbnails] == [250, 250, 125, 125]
    for height in (200, 100):
        frames = played(tmp_path / f"{height}.webp")
        assert [duration for _, duration in frames] == DURATIONS
        for (shown, _), drawn in zip(frames, FRAMES, strict=True):
            assert apart(shown, drawn.resize(shown.size)) < 8


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP"])
def test_jpeg_has_the_first_frame(tmp_path: Path, format_: str) -> None:
    thumbnails(animation(format_), tmp_path)
    with Image.open(tmp_path / "200.jpg") as image:
        assert apart(image, FRAMES[0].resize(image.size)) < 8


@pytest.mark.parametrize(
    ("format_", "loop", "shown"),
    # GIF counts repeats, the others count each time; None leaves the block out.
    [("GIF", 0, 0), ("GIF", 3, 4), ("GIF", None, 1), ("PNG", 3, 3), ("WEBP", 3, 3)],
)
def test_it_is_shown_as_often_as_before(
    tmp_path: Path, format_: str, loop: int | None, shown: int
) -> None:
    thumbnails(animation(format_, **({} if loop is None else {"loop": loop})), tmp_path)
    with Image.open(tmp_path / "200.webp") as image:
        assert image.info["loop"] == shown


def test_a_duration_that_nobody_could_see_becomes_the_usual_one(tmp_path: Path) -> None:
    more = {"save_all": True, "append_images": FRAMES[1:], "duration": 0}
    thumbnails(encoded(FRAMES[0], "GIF", **more), tmp_path)
    assert [duration for _, duration in played(tmp_path / "200.webp")] == [100, 100, 100]


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP"])
def test_a_longer_one_than_can_be_afforded_gets_a_still_picture(
    tmp_path: Path, format_: str
) -> None:
    # 2,001 of them.
    dots = [Image.new("RGB", (2, 2), (number % 256, number // 256, 0)) for number in range(2001)]
    more = {"save_all": True, "append_images": dots[1:], "duration": 20}
    exact = {"lossless": True} if format_ == "WEBP" else {}
    thumbnails(encoded(dots[0], format_, **more, **exact), tmp_path)
    assert len(played(tmp_path / "2.webp")) == 1


def test_a_picture_for_those_that_can_not_play_it_is_no_frame(tmp_path: Path) -> None:
    still = scene(300, 240)
    more = {"save_all": True, "append_images": FRAMES, "duration": 100, "default_image": True}
    thumbnails(encoded(still, "PNG", **more), tmp_path)
    frames = played(tmp_path / "200.webp")
    assert len(frames) == 3
    assert apart(frames[0][0], FRAMES[0].resize(frames[0][0].size)) < 8
