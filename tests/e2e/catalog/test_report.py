"""GET /v1/reports/product-views: for admins, by day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.e2e.support.catalog import (
    REPORT,
    Hire,
    around_today,
    look,
    make,
    pages,
    views,
    walk,
)
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import Shape, assert_shape, number, text
from tests.e2e.support.waiting import eventually

NO_DAYS = ["", "x", "yesterday", "2026-13-01", "2026-02-30", "2026-00-10", "20-11-2026", "NaN",
           "2026-11", "11/20/2026", "'; --", "9" * 30, "0000-01-01", "2026-11-20x", "2026-1-1T",
           "\u0662026-01-01", "-2026-01-01", "10000-01-01"]  # fmt: skip
ODD_DAYS = ["20261120", "2026-11-20T00:00:00Z", "2026-W47-5", "2026-1-1", "1763596800",
            "0001-01-01", "9999-12-31", " 2026-11-20"]  # fmt: skip


def is_day(value: Any) -> bool:
    """A date of ISO 8601."""
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


ROW: Shape = {"sku": text, "day": is_day, "views": number}


def ask(person: Person, first: str, last: str) -> httpx.Response:
    """Ask for the views of some days, whatever comes of it."""
    return person.http.get(REPORT, params={"from": first, "to": last})


@pytest.fixture(scope="module")
def watched(editor: Person, anonymous: httpx.Client) -> list[str]:
    """Three products that have been viewed once, twice, and three times."""
    skus = [make(editor)["sku"] for _ in range(3)]
    for times, sku in enumerate(skus, 1):
        for _ in range(times):
            look(anonymous, sku)
    eventually(
        lambda: views(editor),
        lambda found: all(found.get(sku, 0) >= times for times, sku in enumerate(skus, 1)),
    )
    return skus


def rows(editor: Person, skus: list[str], **query: Any) -> list[Json]:
    """The report's rows of these SKUs."""
    found = walk(editor.http, REPORT, **around_today() | query)
    return [row for row in found if row["sku"] in skus]


def test_a_row_tells_sku_day_and_views(editor: Person, watched: list[str]) -> None:
    found = rows(editor, watched)
    today = datetime.now(UTC).date()
    for row in found:
        assert_shape(row, ROW)
        assert abs((date.fromisoformat(row["day"]) - today).days) <= 1
    total = {sku: sum(row["views"] for row in found if row["sku"] == sku) for sku in watched}
    assert list(total.values()) == [1, 2, 3]


def test_the_first_day_is_within_and_the_last_is_not(editor: Person, watched: list[str]) -> None:
    for row in rows(editor, watched):
        day = date.fromisoformat(row["day"])
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        query = {"from": day.isoformat(), "to": after.isoformat()}
        assert row in rows(editor, watched, **query)
        query = {"from": before.isoformat(), "to": day.isoformat()}
        assert row not in rows(editor, watched, **query)
        query = {"from": after.isoformat(), "to": (after + timedelta(days=9)).isoformat()}
        assert row not in rows(editor, watched, **query)


def test_days_long_ago_and_to_come_are_empty(editor: Person) -> None:
    for first, last in (("2001-01-01", "2001-02-01"), ("2099-01-01", "2100-01-01")):
        answer = ask(editor, first, last)
        assert answer.status_code == 200, describe(answer)
        assert answer.json() == {"items": [], "next_cursor": None}


def test_pages_tell_each_row_once(editor: Person, watched: list[str]) -> None:
    everything = walk(editor.http, REPORT, **around_today())
    found = [row for page in pages(editor.http, REPORT, **around_today(), limit=7) for row in page]
    keys = [(row["sku"], row["day"]) for row in found]
    assert len(set(keys)) == len(keys)
    assert {(row["sku"], row["day"]) for row in everything if row["sku"] in watched} <= {*keys}
    assert sorted(rows(editor, watched, limit=1), key=str) == sorted(rows(editor, watched), key=str)


def test_the_days_go_one_way(editor: Person, watched: list[str]) -> None:
    days = [row["day"] for row in walk(editor.http, REPORT, **around_today())]
    assert days in (sorted(days), sorted(days, reverse=True))


@pytest.mark.parametrize("field", ["from", "to"])
@pytest.mark.parametrize("day", NO_DAYS, ids=ascii)
def test_what_is_no_day_is_refused(editor: Person, field: str, day: str) -> None:
    answer = editor.http.get(REPORT, params=around_today() | {field: day})
    expect_problem(answer, 422)


@pytest.mark.parametrize("field", ["from", "to"])
@pytest.mark.parametrize("day", ODD_DAYS, ids=ascii)
def test_an_odd_day_breaks_nothing(editor: Person, field: str, day: str) -> None:
    answer = editor.http.get(REPORT, params=around_today() | {field: day})
    assert answer.status_code in {200, 422}, describe(answer)


def test_days_the_wrong_way_round_are_refused(editor: Person) -> None:
    expect_problem(ask(editor, "2026-11-21", "2026-11-20"), 422)
    expect_problem(ask(editor, "2026-11-20", "2025-11-21"), 422)


def test_no_day_at_all_is_empty_or_refused(editor: Person) -> None:
    answer = ask(editor, "2026-11-20", "2026-11-20")
    if answer.status_code == 200:
        assert answer.json()["items"] == []
    else:
        expect_problem(answer, 422)


def test_without_days_it_answers_or_says_what_is_missing(editor: Person) -> None:
    for query in ({}, {"from": "2026-11-20"}, {"to": "2026-11-20"}):
        answer = editor.http.get(REPORT, params=query)
        assert answer.status_code in {200, 422}, describe(answer)


def test_users_and_strangers_read_no_report(ana: Person, anonymous: httpx.Client) -> None:
    expect_problem(ask(ana, "2026-11-20", "2026-11-21"), 403, "forbidden")
    expect_problem(ask(ana, "x", "y"), 403, "forbidden")
    expect_problem(anonymous.get(REPORT, params=around_today()), 401)


def test_all_admins_read_the_same(
    hire: Hire, superadmin: Person, editor: Person, watched: list[str]
) -> None:
    for person in (superadmin, hire()):
        assert rows(person, watched) == rows(editor, watched)
