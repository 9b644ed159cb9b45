"""The CRC-32 of a whole comes from those of its pieces, as zlib would have it."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua import crc32
from fragua.uploads.fragments import GIB, MIB


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_the_whole_has_the_crc_that_its_bytes_have(pieces: list[bytes]) -> None:
    described = [(zlib.crc32(piece), len(piece)) for piece in pieces]
    assert crc32.whole(described) == zlib.crc32(b"".join(pieces))


@pytest.mark.parametrize("size", [4 * MIB, 4 * MIB - 1, 8 * MIB + 3])
def test_large_pieces_are_no_different(size: int) -> None:
    first, second = b"\xa5" * size, b"\x5a" * 7
    described = [(zlib.crc32(piece), len(piece)) for piece in (first, second, first)]
    assert crc32.whole(described) == zlib.crc32(first + second + first)


def test_pieces_may_be_put_together_in_any_grouping() -> None:
    a, b, c = (1, 5 * GIB), (2, 3 * GIB + 1), (3, 7)
    left = crc32.whole([(crc32.whole([a, b]), a[1] + b[1]), c])
    right = crc32.whole([a, (crc32.whole([b, c]), b[1] + c[1])])
    assert left == right == crc32.whole([a, b, c])


def test_nothing_has_the_crc_zero() -> None:
    assert crc32.whole([]) == zlib.crc32(b"") == 0


@given(st.binary())
def test_its_text_is_what_s3_writes(data: bytes) -> None:
    raw = base64.b64decode(crc32.text(zlib.crc32(data)))
    assert int.from_bytes(raw, "big") == zlib.crc32(data)
    assert len(raw) == 4
