"""PATCH /v1/products/{sku}: what changes, what stays, and who may."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.catalog import (
    PRODUCT,
    Hire,
    ask_for,
    assert_fields,
    change,
    etag,
    history,
    look,
    make,
    patch,
    path_of,
    price,
)
from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.users import changed as change_user
from tests.e2e.support.waiting import eventually

CHANGES: dict[str, Any] = {
    "name": "Sledge hammer \U0001f528", "brand": "Ca\u00f1\u00f3n", "price": price("99.90", "EUR"),
}  # fmt: skip
MOVED = {"version", "updated_by", "updated_at"}
NOTHING: dict[str, Json] = {
    "no field": {}, "no pictures": {"image_file_ids": []},
    "the same name": {"name": "Claw hammer"}, "the same brand": {"brand": "Herrera"},
    "the same price": {"price": price("12.50")},
    "all the same": {"name": "Claw hammer", "brand": "Herrera", "price": price("12.50"),
                     "image_file_ids": []},
}  # fmt: skip


@pytest.fixture
def product(editor: Person) -> Json:
    """A product of one's own, to change."""
    return make(editor)


@pytest.mark.parametrize("field", CHANGES)
def test_a_field_changes_alone(
    colleague: Person, product: Json, anonymous: httpx.Client, field: str
) -> None:
    changed = change(colleague, product, **{field: CHANGES[field]})
    assert_fields(changed, PRODUCT)
    moved = {name: changed[name] for name in MOVED}
    assert changed == product | moved | {field: CHANGES[field]} == look(anonymous, product["sku"])
    assert changed["version"] == product["version"] + 1
    assert changed["updated_by"] == colleague.user["id"]
    assert changed["created_by"] == product["created_by"]


def test_all_fields_change_together(editor: Person, product: Json) -> None:
    changed = change(editor, product, **CHANGES)
    assert {name: changed[name] for name in CHANGES} == CHANGES
    assert changed["version"] == product["version"] + 1


def test_amount_or_currency_may_stay(editor: Person, product: Json) -> None:
    euros = change(editor, product, price=price("12.50", "EUR"))
    cheaper = change(editor, euros, price=price("12.49", "EUR"))
    assert cheaper["price"] == price("12.49", "EUR")
    assert cheaper["version"] == product["version"] + 2


def test_the_answer_has_the_new_version_as_etag(editor: Person, product: Json) -> None:
    answer = patch(editor, product["sku"], {"name": "Renamed"}, etag(product))
    assert answer.status_code == 200, describe(answer)
    assert answer.headers["etag"] == etag(answer.json()) != etag(product)
    again = patch(editor, product["sku"], {"name": "Again"}, answer.headers["etag"])
    assert again.status_code == 200, describe(again)


def test_the_time_of_the_change_moves(editor: Person, product: Json) -> None:
    def touch() -> Json:
        current = look(editor.http, product["sku"])
        return change(editor, current, name=f"version {current['version'] + 1}")

    moved = eventually(touch, lambda changed: changed["updated_at"] > product["updated_at"], 3)
    assert moved["created_at"] == product["created_at"]


@pytest.mark.parametrize("nothing", NOTHING.values(), ids=NOTHING.keys())
def test_what_changes_nothing_keeps_the_version(
    colleague: Person, product: Json, nothing: Json
) -> None:
    answer = patch(colleague, product["sku"], nothing, etag(product))
    assert answer.status_code == 200, describe(answer)
    assert answer.json() == product == look(colleague.http, product["sku"])
    assert answer.headers["etag"] == etag(product)
    assert len(history(colleague, product["sku"])) == 1


def test_what_stays_the_same_is_no_change(editor: Person, product: Json) -> None:
    change(editor, product, name="Renamed", brand=product["brand"], price=product["price"])
    assert history(editor, product["sku"])[0]["changes"] == {"name": [product["name"], "Renamed"]}


@pytest.mark.parametrize("field", ["name", "brand", "price", "image_file_ids"])
def test_no_field_becomes_null(editor: Person, product: Json, field: str) -> None:
    expect_invalid(patch(editor, product["sku"], {field: None}, etag(product)), f"/{field}")
    assert look(editor.http, product["sku"]) == product


@pytest.mark.parametrize("part", ["amount", "currency"])
def test_a_price_changes_as_a_whole(editor: Person, product: Json, part: str) -> None:
    body = {"price": {part: price("2.00", "EUR")[part]}}
    expect_invalid(patch(editor, product["sku"], body, etag(product)), "/price")
    assert look(editor.http, product["sku"]) == product


def test_of_a_wrong_and_a_right_field_neither_changes(editor: Person, product: Json) -> None:
    body = {"name": "Renamed", "price": price("2.0")}
    expect_invalid(patch(editor, product["sku"], body, etag(product)), "/price/amount")
    assert look(editor.http, product["sku"]) == product


def test_a_user_changes_nothing(ana: Person, product: Json, anonymous: httpx.Client) -> None:
    expect_problem(patch(ana, product["sku"], {"name": "Mine"}, etag(product)), 403, "forbidden")
    headers = {"if-match": etag(product)}
    body = {"name": "Mine"}
    expect_problem(anonymous.patch(path_of(product["sku"]), json=body, headers=headers), 401)
    assert look(ana.http, product["sku"]) == product


def test_a_user_is_refused_before_all_else(ana: Person, product: Json) -> None:
    said = []
    for sku in (product["sku"], "nobodys", "a" * 300):
        said.append(expect_problem(patch(ana, sku, {"name": "Mine"}, None), 403))
        expect_problem(ana.http.patch(path_of(sku), **raw_json("{broken")), 403)
        expect_problem(ana.http.patch(path_of(sku), json={"surprise": 1}), 403)
    assert len({str(problem | {"request_id": ""}) for problem in said}) == 1


def test_a_role_is_that_of_the_moment(hire: Hire, superadmin: Person, product: Json) -> None:
    person = hire()
    changed = change(person, product, name="As an admin")
    change_user(superadmin, person.user, role="user")
    expect_problem(patch(person, product["sku"], {"name": "Late"}, etag(changed)), 403, "forbidden")
    expect_problem(ask_for(person), 403, "forbidden")
    change_user(superadmin, person.user, role="admin")
    assert change(person, changed, name="Again an admin")["version"] == changed["version"] + 1
