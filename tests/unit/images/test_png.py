"""The PNG decoder sees the picture's own chunks alone."""

from __future__ import annotations

import io
import zlib
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.PngImagePlugin import PngImageFile

from fragua.images.formats.inflating import InflatedPng
from fragua.images.formats.pieces import Pieces
from tests.support.gallery.png_parts import chunk, header, idat, png, rows

from .drawing import apart, scene, shown

BOMB = zlib.compress(bytes(30_000_000), 9)
IDAT = idat(rows(scene()))


@pytest.mark.parametrize(
    "odd",
    [
        chunk(b"zTXt", b"Comment\0\0" + BOMB),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + BOMB),
        chunk(b"iCCP", b"profile\0\0" + BOMB),
        chunk(b"iCCP", b"profile\0\0" + b"no zlib"),
        chunk(b"iCCP", b"profile\0\7" + zlib.compress(b"x")),
        chunk(b"tEXt", b"Comment\0wrong sum", crc=1),
        chunk(b"gAMA", b"\0"),
        chunk(b"heLO", b"whatever"),
    ],
    ids=["zTXt", "iTXt", "iCCP", "no zlib", "no method", "crc", "gAMA", "unknown"],
)
def test_odd_chunks_do_not_matter(tmp_path: Path, odd: bytes) -> None:
    data = png(header(96, 64), odd, IDAT, odd, chunk(b"IEND"))
    assert apart(shown(data, tmp_path), scene()) < 6


@given(st.binary(max_size=60), st.data())
def test_pieces_read_like_the_bytes_that_they_are(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, draw: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("pieces") / "file"
    path.write_bytes(data)
    position = st.integers(0, len(data))
    edges = draw.draw(st.lists(position, min_size=2, max_size=8).map(sorted))
    ranges = list(zip(edges[::2], edges[1::2], strict=False))
    seen = b"".join(data[start:end] for start, end in ranges)
    with Pieces(path, ranges) as file:
        assert file.read() == seen
        offset = draw.draw(st.integers(0, len(seen) + 2))
        assert file.seek(offset) == file.tell() == offset
        assert file.read(7) == seen[offset : offset + 7]
        assert file.seek(-1, 2) == max(0, len(seen) - 1)


@given(st.randoms(use_true_random=False), st.integers(-1, 9), st.integers(9, 15), st.data())
def test_pixels_are_those_that_zlib_unpacks(
    random: Random, level: int, window: int, draw: st.DataObject
) -> None:
    # More than a block at a time, from noise to one colour, in chunks of a byte and more.
    period = random.choice([1, 300, 120_000])
    colours = random.randbytes(period) * (120_000 // period)
    raw = b"".join(b"\0" + colours[row : row + 300] for row in range(0, 120_000, 300))
    packer = zlib.compressobj(level, wbits=window)
    packed = packer.compress(raw) + packer.flush()
    cuts = draw.draw(st.lists(st.integers(0, len(packed)), max_size=9).map(sorted))
    parts = [chunk(b"IDAT", packed[a:b]) for a, b in pairwise([0, *cuts, len(packed)])]
    data = png(header(100, 400), *parts)
    ours, pillows = (kind(io.BytesIO(data)).tobytes() for kind in (InflatedPng, PngImageFile))
    assert ours == pillows == colours
