"""The PNG decoder sees the picture's own chunks alone."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
