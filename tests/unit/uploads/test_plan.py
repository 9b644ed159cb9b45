"""Pieces are packed in order, each once, into parts that S3 takes and a worker can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua.uploads.fragments import GIB, MAX_RELAY, MAX_RELAY_COUNT, MAX_RELAY_FILE, MIB, Cut
from fragua.uploads.plan import MAX_PARTS, TARGET, plan

S3_LEAST = 5 * MIB
pieces = st.lists(st.integers(1, MAX_RELAY), max_size=60)


@given(pieces)
def test_every_piece_is_in_one_part_and_in_order(sizes: list[int]) -> None:
    packed = [size for part in plan(sizes) for size in sizes[part.first : part.last]]
    assert packed == sizes


@given(pieces)
def test_a_part_is_as_large_as_its_pieces(sizes: list[int]) -> None:
    assert all(part.size == sum(sizes[part.first : part.last]) for part in plan(sizes))


@given(pieces)
def test_parts_are_numbered_from_one_without_a_hole(sizes: list[int]) -> None:
    parts = plan(sizes)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))


@given(pieces)
def test_s3_takes_every_part_and_a_worker_can_hold_it(sizes: list[int]) -> None:
    *most, last = [part.size for part in plan([*sizes, 1])]
    assert all(S3_LEAST <= TARGET <= size < TARGET + MAX_RELAY for size in most)
    assert 1 <= last < TARGET + MAX_RELAY


@given(st.integers(1, MAX_RELAY_FILE), st.integers(1, MAX_RELAY))
def test_a_relayed_file_of_any_size_fits_the_parts(size: int, fragment_size: int) -> None:
    cut = Cut(size, max(fragment_size, -(-size // MAX_RELAY_COUNT)))
    parts = plan([cut.length(number) for number in range(1, cut.count + 1)])
    assert len(parts) <= MAX_PARTS
    assert sum(part.size for part in parts) == size


@pytest.mark.parametrize("count", [1, 9_999, 10_000, 10_001, 40_000])
def test_parts_grow_where_their_count_would_not_do(count: int) -> None:
    parts = plan([GIB] * count)
    assert len(parts) <= MAX_PARTS
    assert parts[-1].last == count


def test_no_pieces_make_no_part() -> None:
    assert plan([]) == []


def test_two_fragments_of_the_default_size_make_a_part() -> None:
    assert [(p.first, p.last) for p in plan([MAX_RELAY] * 5)] == [(0, 2), (2, 4), (4, 5)]
