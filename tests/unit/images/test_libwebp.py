"""WebP is decoded small by libwebp itself; where that can't be reached, by Pillow."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from fragua.errors import Refusal
from fragua.images.formats import libwebp, webp

from .drawing import apart, encoded, scene

DATA = encoded(scene(900, 600), "WEBP", quality=95)


def test_the_library_that_pillow_brings_is_found() -> None:
    assert libwebp.decode(DATA, (900, 600))


def test_it_decodes_smaller_than_the_picture_is() -> None:
    small = libwebp.decode(DATA, (300, 200))
    assert small
    assert small.size == (300, 200)
    assert apart(small, scene(900, 600).resize((300, 200), Image.Resampling.BOX)) < 3


def test_both_ways_show_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(DATA)
    one = libwebp.decode(DATA, (9_000, 6_000))
    assert one
    assert apart(one, webp.decode_whole(tmp_path / "file")) == 0


def test_what_is_transparent_is_decoded_whole() -> None:
    image = scene(90, 60)
    image.putalpha(128)
    whole = libwebp.decode(encoded(image, "WEBP"), (9, 6))
    assert whole
    assert (whole.mode, whole.size) == ("RGBA", (90, 60))


@pytest.mark.parametrize("data", [b"", b"RIFF", DATA[:40], DATA[:-200], DATA[:30] + bytes(99)])
def test_broken_bytes_are_damaged(data: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        libwebp.decode(data, (300, 200))
    assert caught.value.code == "damaged"
