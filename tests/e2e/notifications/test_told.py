"""GET /v1/notifications: what admins are told of each other's changes, each of it once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.support.catalog import (
    all_told,
    are_changes,
    ask_for,
    assert_fields,
    change,
    etag,
    history,
    make,
    notices,
    patch,
    price,
    remove,
    told,
)
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import Shape, one_of, seconds_from_now, text, time, uuid7

KINDS = ("product_created", "product_updated", "product_deleted")
NOTICE: Shape = {
    "id": uuid7, "kind": one_of(*KINDS), "sku": text, "changed_by": uuid7, "changes": are_changes,
    "created_at": time, "read_at": lambda value: value is None,
}  # fmt: skip


@pytest.fixture(scope="module")
def life(editor: Person, colleague: Person, superadmin: Person) -> list[Json]:
    """A product made, renamed, repriced and deleted by one admin; each is told before the next."""

    def all_hear(count: int) -> None:
        for listener in (colleague, superadmin):
            told(listener, first["sku"], count)

    first = make(editor)
    all_hear(1)
    renamed = change(editor, first, name="Sledge hammer <b>", brand="Ca\u00f1\u00f3n")
    all_hear(2)
    repriced = change(editor, renamed, price=price("12.49", "EUR"))
    all_hear(3)
    assert remove(editor, first["sku"]).status_code == 204
    all_hear(4)
    all_told(editor, colleague, superadmin)
    return [first, renamed, repriced]


@pytest.fixture(params=["colleague", "superadmin"])
def listener(request: pytest.FixtureRequest) -> Person:
    """Somebody who is to hear of it."""
    person: Person = request.getfixturevalue(request.param)
    return person


def test_each_change_is_told_once_and_the_newest_first(
    listener: Person, editor: Person, life: list[Json]
) -> None:
    found = notices(listener, life[0]["sku"])
    assert [notice["kind"] for notice in found[::-1]] == [KINDS[0], KINDS[1], KINDS[1], KINDS[2]]
    assert len({notice["id"] for notice in found}) == 4
    for notice in found:
        assert_fields(notice, NOTICE)
        assert notice["changed_by"] == editor.user["id"]
        assert abs(seconds_from_now(notice["created_at"])) < 120


def test_what_is_told_is_what_the_history_says(
    listener: Person, editor: Person, life: list[Json]
) -> None:
    sku = life[0]["sku"]
    said = [notice["changes"] for notice in notices(listener, sku)]
    assert said == [entry["changes"] for entry in history(editor, sku)]


def test_changes_have_what_was_and_what_became(listener: Person, life: list[Json]) -> None:
    first, renamed, repriced = life
    deleted, priced, named, created = (
        notice["changes"] for notice in notices(listener, first["sku"])
    )
    assert created["price"] == [None, first["price"]]
    assert named == {
        "name": [first["name"], "Sledge hammer <b>"], "brand": [first["brand"], renamed["brand"]],
    }  # fmt: skip
    assert priced == {"price": [first["price"], repriced["price"]]}
    assert deleted["name"] == ["Sledge hammer <b>", None]


def test_nobody_is_told_of_what_one_did_oneself(editor: Person, life: list[Json]) -> None:
    assert notices(editor, life[0]["sku"]) == []


def test_what_changes_nothing_is_told_to_nobody(
    editor: Person, colleague: Person, superadmin: Person
) -> None:
    product = make(editor)
    same: list[dict[str, Any]] = [{}, {"name": product["name"]}, {"price": product["price"]}]
    for body in same:
        assert patch(editor, product["sku"], body, etag(product)).status_code == 200
    all_told(editor, colleague, superadmin)
    for listener in (colleague, superadmin):
        assert len(told(listener, product["sku"])) == 1


def test_what_is_refused_is_told_to_nobody(editor: Person, colleague: Person) -> None:
    product = make(editor)
    told(colleague, product["sku"])
    refused = [
        patch(editor, product["sku"], {"name": "Renamed"}, '"7"'),
        patch(editor, product["sku"], {"name": "Renamed"}, None),
        patch(editor, product["sku"], {"name": 7}, etag(product)),
        remove(editor, product["sku"], '"7"'),
        ask_for(editor, sku=product["sku"]),
    ]
    assert [answer.status_code for answer in refused] == [412, 428, 422, 412, 409]
    all_told(editor, colleague)
    assert len(notices(colleague, product["sku"])) == 1


def test_two_admins_tell_each_other_all_of_many_changes(
    editor: Person, colleague: Person, superadmin: Person
) -> None:
    def live(person: Person) -> tuple[str, list[str]]:
        product = make(person)
        names = [f"name {number}" for number in range(5)]
        for name in names:
            product = change(person, product, name=name)
        return product["sku"], names

    with ThreadPoolExecutor(4) as threads:
        lives = list(threads.map(live, (editor, colleague) * 2))
    for number, (sku, names) in enumerate(lives):
        other, one = (colleague, editor) if number % 2 == 0 else (editor, colleague)
        for listener in (other, superadmin):
            told(listener, sku, len(names) + 1)
        all_told(one, other, superadmin)
        for listener in (other, superadmin):
            heard = [notice["changes"]["name"][1] for notice in notices(listener, sku)]
            # What follows at once on another change may be told before it.
            assert sorted(heard) == sorted(["Claw hammer", *names])
        assert notices(one, sku) == []
