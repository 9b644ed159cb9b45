"""The arithmetic of cutting a file holds for every file."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua.uploads.fragments import (
    DEFAULT_DIRECT,
    GIB,
    MAX_DIRECT,
    MAX_DIRECT_COUNT,
    MIB,
    MIN_DIRECT,
    Cut,
    default_fragment_size,
    gaps,
    ranges,
    share,
)

TIB = 1024 * GIB
numbers = st.sets(st.integers(1, 300))


@given(st.integers(1, 5000), st.integers(1, 600))
def test_fragments_follow_each_other_from_the_first_byte_to_the_last(size: int, each: int) -> None:
    cut = Cut(size, each)
    spans = [(cut.offset(n), cut.offset(n) + cut.length(n)) for n in range(1, cut.count + 1)]
    assert (spans[0][0], spans[-1][1]) == (0, size)
    assert all(before[1] == after[0] for before, after in pairwise(spans))


@given(st.integers(1, 5000), st.integers(1, 600))
def test_only_the_last_fragment_may_be_smaller_and_none_is_empty(size: int, each: int) -> None:
    cut = Cut(size, each)
    lengths = [cut.length(n) for n in range(1, cut.count + 1)]
    assert set(lengths[:-1]) <= {each}
    assert 1 <= lengths[-1] <= each


def test_an_empty_file_has_no_fragments() -> None:
    assert Cut(0, MIN_DIRECT).count == 0


@given(st.integers(0, 5 * TIB))
def test_the_default_size_is_one_that_s3_takes_and_cuts_at_most_10_000_times(size: int) -> None:
    each = default_fragment_size(size, "direct")
    assert MIN_DIRECT <= each <= MAX_DIRECT
    assert Cut(size, each).count <= MAX_DIRECT_COUNT


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, DEFAULT_DIRECT),
        (1, 8 * MIB),
        (MAX_DIRECT_COUNT * 8 * MIB, 8 * MIB),
        (MAX_DIRECT_COUNT * 8 * MIB + 1, 9 * MIB),
        (5 * TIB, 525 * MIB),
    ],
)
def test_the_default_size_is_8_mib_and_grows_by_whole_mib(size: int, expected: int) -> None:
    assert default_fragment_size(size, "direct") == expected


@given(numbers)
def test_ranges_hold_exactly_the_numbers_that_went_in(given_numbers: set[int]) -> None:
    folded = ranges(given_numbers)
    assert [n for first, last in folded for n in range(first, last + 1)] == sorted(given_numbers)


@given(numbers)
def test_ranges_are_sorted_and_never_touch(given_numbers: set[int]) -> None:
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges(given_numbers)))


def test_a_number_that_comes_twice_counts_once() -> None:
    assert ranges([7, 3, 1, 2, 2, 7]) == [(1, 3), (7, 7)]


@given(numbers)
def test_gaps_are_what_the_ranges_leave_out(given_numbers: set[int]) -> None:
    missing = gaps(ranges(given_numbers), 300)
    assert missing == ranges(set(range(1, 301)) - given_numbers)


@given(numbers)
def test_the_gaps_of_the_gaps_are_the_ranges(given_numbers: set[int]) -> None:
    received = ranges(given_numbers)
    assert gaps(gaps(received, 300), 300) == received


@pytest.mark.parametrize(
    ("received", "count", "missing"),
    [([], 0, []), ([], 3, [(1, 3)]), ([(1, 3)], 3, []), ([(2, 2)], 3, [(1, 1), (3, 3)])],
)
def test_gaps_at_both_ends_count(
    received: list[tuple[int, int]], count: int, missing: list[tuple[int, int]]
) -> None:
    assert gaps(received, count) == missing


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=50))
def test_a_share_stays_within_the_budget_and_the_file(counts: list[int]) -> None:
    shares = share(counts, 1000)
    assert sum(shares) <= 1000
    assert all(0 <= part <= count for part, count in zip(shares, counts, strict=True))


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=50))
def test_every_file_with_fragments_gets_at_least_one_url(counts: list[int]) -> None:
    assert min(share(counts, 1000)) >= 1


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=50))
def test_the_budget_is_used_up_or_the_last_file_has_all(counts: list[int]) -> None:
    shares = share(counts, 1000)
    assert sum(shares) == 1000 or shares[-1] == counts[-1]


@pytest.mark.parametrize(
    ("counts", "shares"),
    [([10_000], [1000]), ([3, 5000], [3, 997]), ([5000, 5000], [500, 500]), ([0, 2], [0, 2])],
)
def test_what_a_small_file_leaves_goes_to_those_after_it(
    counts: list[int], shares: list[int]
) -> None:
    assert share(counts, 1000) == shares
