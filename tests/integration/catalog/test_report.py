"""The report of views: days from one to another, some at a time, whatever the SKUs are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from fragua import clock
from fragua.catalog import views
from fragua.catalog.tables import counted_views
from fragua.database import writer
from tests.support.backend import Answer, Client
from tests.support.catalog import new_admin

# A year that no other test looks at: each test has a week of it.
FIRST = dt.date(1999, 1, 4)
LONGEST = "\U00020000" * 64


@pytest.fixture
def admin(backend: dict[str, str]) -> Client:
    return new_admin()


def seen(week: int, day: int, sku: str, times: int = 1) -> None:
    """Let a product be looked at on a day of a week of one's own."""
    on = (FIRST + dt.timedelta(weeks=week, days=day)).isoformat()
    views.count([{"id": str(clock.new_id()), "sku": sku, "day": on} for _ in range(times)])


def ask(admin: Client, week: int, begin: int = 0, end: int = 7, **more: Any) -> Answer:
    days = [(FIRST + dt.timedelta(weeks=week, days=day)).isoformat() for day in (begin, end)]
    query = {"from": days[0], "to": days[1], **more}
    return admin.call("catalog.report_views", "GET", "/v1/reports/product-views", query=query)


def rows(answer: Answer) -> list[tuple[int, str, int]]:
    """Return the report's rows; a day is that of its week."""
    assert answer.status == 200, answer
    days = ((dt.date.fromisoformat(row["day"]) - FIRST).days % 7 for row in answer.body["items"])
    return [
        (day, row["sku"], row["views"]) for day, row in zip(days, answer.body["items"], strict=True)
    ]


def test_a_report_begins_with_its_first_day_and_ends_before_its_last(admin: Client) -> None:
    for day in range(4):
        seen(1, day, "A", day + 1)
    assert rows(ask(admin, 1, 1, 3)) == [(2, "A", 3), (1, "A", 2)]
    assert rows(ask(admin, 1, 2, 2)) == []


def test_spellings_of_a_sku_are_one_row_and_the_last_one_is_shown(admin: Client) -> None:
    seen(2, 0, "straße")
    seen(2, 0, "STRASSE", 2)
    assert rows(ask(admin, 2)) == [(0, "STRASSE", 3)]


def test_pages_are_the_latest_day_first_and_neither_repeat_nor_skip(admin: Client) -> None:
    expected = [(day, sku, 1) for day in (2, 1, 0) for sku in (LONGEST, "c", "b", "a")]
    for day, sku, _ in expected:
        seen(3, day, sku)
    found, cursor = list[tuple[int, str, int]](), dict[str, Any]()
    while True:
        page = ask(admin, 3, limit="5", **cursor)
        found += rows(page)
        # Rows that are added meanwhile are on pages that were read already, or on none.
        seen(3, 3, f"new-{len(found)}")
        if page.body["next_cursor"] is None:
            break
        cursor = {"cursor": page.body["next_cursor"]}
    assert found == expected


@pytest.mark.parametrize("cursor", ["YWZ0ZXI6YQ", "YWZ0ZXI6MjAyNi0xMy0wMXxh", "x", "%00", "|"])
def test_a_cursor_that_was_never_given_is_refused(admin: Client, cursor: str) -> None:
    answer = ask(admin, 4, cursor=cursor)
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/cursor")


def test_a_view_that_comes_later_than_we_remember_is_not_counted(admin: Client) -> None:
    old = clock.first_id_at(clock.now() - dt.timedelta(days=16))
    views.count([{"id": str(old), "sku": "A", "day": (FIRST + dt.timedelta(weeks=5)).isoformat()}])
    assert rows(ask(admin, 5)) == []


def test_ids_of_views_are_forgotten_when_no_message_can_come_any_more(admin: Client) -> None:
    one: dict[str, Any] = {"id": str(clock.new_id()), "sku": "A", "day": FIRST.isoformat()}
    views.count([one, one])
    views.sweep()
    views.count([one])
    assert rows(ask(admin, 0)) == [(0, "A", 1)]
    with writer() as db:
        old = clock.now() - dt.timedelta(days=15)
        db.execute(counted_views.update().values(counted_at=old))
    assert views.sweep() > 0
    assert views.sweep() == 0
