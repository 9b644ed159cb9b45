"""Ids carry the time, in order."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from fragua import clock

# Milliseconds since 1970, up to the year 9999.
moments = st.integers(0, 253_370_764_800_000).map(
    lambda ms: datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)
)


def id_of(moment: datetime, tail: int) -> UUID:
    """Make a UUIDv7 of a moment; `tail` is what is random in it."""
    milliseconds = round(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62 | tail)


def test_ids_sort_as_they_were_made_and_do_not_run_ahead_of_the_clock() -> None:
    ids = [clock.new_id() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 20_000
    assert (ids[-1].int >> 80) <= time.time_ns() // 1_000_000
    assert {each.variant for each in ids} == {RFC_4122}


def test_ids_of_many_threads_are_all_different() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [each for some in pool.map(lambda _: many(), range(8)) for each in some]
    assert len(set(made)) == len(made)


def many() -> list[UUID]:
    return [clock.new_id() for _ in range(2_000)]


def test_an_id_is_a_version_7_of_the_standard_class() -> None:
    made = clock.new_id()
    assert (type(made), made.version) == (UUID, 7)


def test_an_id_has_the_time_that_it_was_made() -> None:
    assert abs(clock.id_time(clock.new_id()) - clock.now()) <= timedelta(seconds=1)


def test_the_time_is_utc_in_whole_seconds() -> None:
    now = clock.now()
    assert (now.tzinfo, now.microsecond) == (UTC, 0)
    assert abs(now.timestamp() - clock.timestamp()) < 2


@given(st.floats(0, 2**33))
def test_seconds_are_cut_never_rounded_up(seconds: float) -> None:
    assert seconds - 1 < clock.at(seconds).timestamp() <= seconds


@given(moments, st.timedeltas(timedelta(-10), timedelta(10)), st.integers(0, 2**62 - 1))
def test_the_first_id_at_a_moment_parts_what_is_shown_before_it_from_the_rest(
    moment: datetime, away: timedelta, tail: int
) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    made = id_of(max(moment + away, epoch), tail)
    shown = clock.id_time(made)
    assert (made >= clock.first_id_at(moment)) == (shown >= moment)


@given(moments)
def test_the_first_id_at_a_moment_is_no_earlier_than_it(moment: datetime) -> None:
    assert clock.id_time(clock.first_id_at(moment)) >= moment


def test_times_that_no_id_can_have_are_the_ends() -> None:
    first = clock.first_id_at(datetime(1, 1, 1, tzinfo=UTC))
    assert first == UUID(int=0)
    assert clock.first_id_at(datetime.max.replace(tzinfo=UTC)) > clock.new_id()
