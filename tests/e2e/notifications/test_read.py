"""POST /v1/notifications/{id}/read, and the pages of one's own notifications."""

from functools import partial

import httpx
import pytest

from tests.e2e.support.catalog import (
    NOTIFICATIONS,
    Hire,
    change,
    make,
    notices,
    pages,
    told,
    walk,
)
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import seconds_from_now
from tests.e2e.support.waiting import at_once

MALFORMED = ["x", "0", "-1", "null", "%20", "%00", "%F0%9F%94%A5", "'--", "%25", "a" * 2000, "%FF"]
MALFORMED += [ABSENT[:-1], ABSENT + "0", ABSENT.replace("0", "g", 1)]


def read(person: Person, id_: str) -> httpx.Response:
    """Say that one has read a notification, whatever comes of it."""
    return person.http.post(f"{NOTIFICATIONS}/{id_}/read")


@pytest.fixture
def notice(editor: Person, colleague: Person) -> Json:
    """Something of which the colleague has just been told."""
    return told(colleague, make(editor)["sku"])[0]


def test_what_was_read_says_when(colleague: Person, notice: Json) -> None:
    assert notice["read_at"] is None
    answer = read(colleague, notice["id"])
    assert answer.status_code == 204, describe(answer)
    after = notices(colleague, notice["sku"])[0]
    assert after | {"read_at": None} == notice
    assert abs(seconds_from_now(after["read_at"])) < 60
    assert after["read_at"] >= notice["created_at"]


def test_reading_again_changes_nothing(colleague: Person, notice: Json) -> None:
    assert read(colleague, notice["id"]).status_code == 204
    first = notices(colleague, notice["sku"])
    assert [read(colleague, notice["id"]).status_code for _ in range(3)] == [204] * 3
    assert notices(colleague, notice["sku"]) == first


def test_reading_ten_times_at_once_is_reading(colleague: Person, notice: Json) -> None:
    answers = at_once([partial(read, colleague, notice["id"])] * 10)
    assert [answer.status_code for answer in answers] == [204] * 10
    assert notices(colleague, notice["sku"])[0]["read_at"] is not None


def test_an_id_in_capitals_is_the_same_or_none(colleague: Person, notice: Json) -> None:
    answer = read(colleague, notice["id"].upper())
    assert answer.status_code in {204, 404}, describe(answer)


def test_each_reads_for_oneself_alone(
    colleague: Person, superadmin: Person, editor: Person, notice: Json, ana: Person
) -> None:
    theirs = told(superadmin, notice["sku"])[0]
    assert theirs["id"] != notice["id"]
    absent = expect_problem(read(superadmin, ABSENT), 404)
    for person in (superadmin, editor):
        problem = expect_problem(read(person, notice["id"]), 404)
        assert str(problem | {"request_id": ""}).replace(notice["id"], ABSENT) == str(
            absent | {"request_id": ""}
        )
    expect_problem(read(ana, notice["id"]), {403, 404})
    assert notices(colleague, notice["sku"]) == [notice]
    assert read(superadmin, theirs["id"]).status_code == 204
    assert notices(colleague, notice["sku"])[0]["read_at"] is None


@pytest.mark.parametrize("id_", [*MALFORMED, ABSENT, "5f0c3f0e-94a4-4a53-8f5f-0d6f3f9b1c11"])
def test_an_id_that_is_none_is_a_404(colleague: Person, id_: str) -> None:
    expect_problem(read(colleague, id_), 404)


def test_who_is_nobody_reads_nothing(anonymous: httpx.Client, notice: Json) -> None:
    expect_problem(anonymous.post(f"{NOTIFICATIONS}/{notice['id']}/read"), 401)
    expect_problem(anonymous.post(f"{NOTIFICATIONS}/x/read"), 401)


def test_the_newest_is_first_and_pages_follow_each_other(hire: Hire, editor: Person) -> None:
    listener = hire()
    product = make(editor)
    for number in range(6):
        product = change(editor, product, name=f"name {number}")
    told(listener, product["sku"], 7)
    found = [notice for page in pages(listener.http, NOTIFICATIONS, limit=2) for notice in page]
    times = [notice["created_at"] for notice in found]
    assert times == sorted(times, reverse=True)
    ids = [notice["id"] for notice in found]
    assert len(set(ids)) == len(ids)
    own = [notice for notice in found if notice["sku"] == product["sku"]]
    assert own == notices(listener, product["sku"])
    assert len(own) == 7


def test_pages_neither_repeat_nor_skip_while_more_is_told(hire: Hire, editor: Person) -> None:
    listener = hire()
    before = [make(editor)["sku"] for _ in range(5)]
    for sku in before:
        told(listener, sku)
    walked = pages(listener.http, NOTIFICATIONS, limit=2)
    seen = next(walked)
    late = make(editor)["sku"]
    told(listener, late)
    assert read(listener, seen[0]["id"]).status_code == 204
    seen += [notice for page in walked for notice in page]
    skus = [notice["sku"] for notice in seen]
    assert sorted(sku for sku in skus if sku in before) == sorted(before)
    assert late not in skus
    assert len(walk(listener.http, NOTIFICATIONS)) > len(before)


def test_a_cursor_shows_nothing_of_somebody_elses(
    hire: Hire, colleague: Person, editor: Person
) -> None:
    for _ in range(2):
        told(colleague, make(editor)["sku"])
    cursor = colleague.http.get(NOTIFICATIONS, params={"limit": 1}).json()["next_cursor"]
    theirs = {notice["id"] for notice in walk(colleague.http, NOTIFICATIONS)}
    newest = hire()
    answer = newest.http.get(NOTIFICATIONS, params={"cursor": cursor, "limit": 200})
    assert answer.status_code in {200, 400, 422}, describe(answer)
    assert not theirs & {notice["id"] for notice in answer.json().get("items", [])}


def test_a_new_admin_has_been_told_nothing_of_before(
    hire: Hire, editor: Person, notice: Json
) -> None:
    assert notices(hire(), notice["sku"]) == []
