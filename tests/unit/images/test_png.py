"""The PNG decoder sees the picture's own chunks alone."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress
from hashlib import shake_128
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


def photograph(random: Random) -> bytes:
    """Samples of 100 by 400 pixels, more than a block of them, that pack well or not at all."""
    period, few = random.choice([1, 300, 120_000]), random.choice([1, 60, 256])
    return of_few(random.randbytes(period) * (120_000 // period), few)


def of_few(samples: bytes, few: int) -> bytes:
    return samples.translate(bytes(value % few for value in range(256)))


def deflated(samples: bytes, level: int = -1, window: int = 15) -> bytes:
    packer = zlib.compressobj(level, wbits=window)
    rows = b"".join(b"\0" + samples[start : start + 300] for start in range(0, 120_000, 300))
    return packer.compress(rows) + packer.flush()


def cut(stream: bytes, *places: int) -> bytes:
    """Write a PNG whose stream is cut into chunks at these places."""
    parts = pairwise([0, *sorted(places), len(stream)])
    return png(header(100, 400), *(chunk(b"IDAT", stream[start:end]) for start, end in parts))


def read(kind: type[PngImageFile], data: bytes) -> bytes | None:
    """The samples, or None where it is refused."""
    with suppress(Exception), kind(io.BytesIO(data)) as picture:
        return picture.tobytes()
    return None


PLACES = st.lists(st.integers(0, 120_000), max_size=9)


@given(st.randoms(use_true_random=True), st.integers(-1, 9), st.integers(9, 15), PLACES)
def test_pixels_are_those_that_zlib_unpacks(
    random: Random, level: int, window: int, places: list[int]
) -> None:
    samples = photograph(random)
    stream = deflated(samples, level, window)
    data = cut(stream, *(place % (len(stream) + 1) for place in places))
    assert read(InflatedPng, data) == read(PngImageFile, data) == samples


@given(st.randoms(use_true_random=True), st.integers(0, 120_000), st.integers(1, 255))
def test_a_broken_stream_brings_what_pillow_reads_or_nothing(
    random: Random, place: int, flip: int
) -> None:
    stream = bytearray(deflated(photograph(random)))
    stream[place % len(stream)] ^= flip
    data = cut(bytes(stream))
    assert read(InflatedPng, data) in (None, read(PngImageFile, data))


def test_a_wrong_sample_is_shown_where_pillow_shows_it() -> None:
    # In one row: where bytes are lost or won, the next row would begin with what is no filter.
    stream = zlib.compress(b"\0" + of_few(shake_128().digest(120_000), 60))
    broken = [stream[:at] + bytes([stream[at] ^ 64]) + stream[at + 1 :] for at in range(200, 300)]
    pictures = [png(header(40_000, 1), chunk(b"IDAT", each)) for each in broken]
    theirs = [read(PngImageFile, each) for each in pictures]
    assert any(theirs)
    assert [read(InflatedPng, each) for each in pictures] == theirs


@pytest.mark.parametrize("length", [0, 1, 2, 3, 99])
def test_a_stream_that_ends_early_is_refused(length: int) -> None:
    data = cut(deflated(bytes(120_000))[:length])
    assert read(InflatedPng, data) is read(PngImageFile, data) is None
