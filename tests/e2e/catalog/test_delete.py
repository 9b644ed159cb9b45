"""DELETE /v1/products/{sku}: soft, so that the SKU is free and all that was kept stays."""

import httpx
import pytest

from tests.e2e.support.catalog import (
    PRODUCTS,
    change,
    etag,
    history,
    look,
    make,
    new_sku,
    patch,
    path_of,
    price,
    remove,
    walk,
)
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json


@pytest.fixture
def product(editor: Person) -> Json:
    """A product of one's own, to delete."""
    return make(editor, brand=new_sku("brand"))


def test_a_deleted_product_is_gone(
    editor: Person, colleague: Person, anonymous: httpx.Client, product: Json
) -> None:
    answer = remove(colleague, product["sku"])
    assert answer.status_code == 204, describe(answer)
    for http in (anonymous, editor.http, colleague.http):
        expect_problem(http.get(path_of(product["sku"])), 404)
        assert walk(http, PRODUCTS, brand=product["brand"]) == []
    expect_problem(patch(editor, product["sku"], {"name": "x"}, etag(product)), 404)
    expect_problem(patch(editor, product["sku"], {"name": "x"}, None), 404)


def test_a_product_is_deleted_once(editor: Person, product: Json) -> None:
    assert remove(editor, product["sku"]).status_code == 204
    for if_match in (None, etag(product), '"0"'):
        expect_problem(remove(editor, product["sku"], if_match), 404)
    assert len(history(editor, product["sku"])) == 2


@pytest.mark.parametrize("sku", ["nobodys", "%00", "%F0%9F%94%A5", "%25", "'--", "a" * 2000, "%FF"])
def test_what_is_not_there_is_a_404(editor: Person, sku: str) -> None:
    expect_problem(editor.http.delete(f"{PRODUCTS}/{sku}"), 404)
    expect_problem(editor.http.get(f"{PRODUCTS}/{sku}/history"), 404)


def test_a_user_deletes_nothing(ana: Person, anonymous: httpx.Client, product: Json) -> None:
    said = [expect_problem(remove(ana, sku), 403) for sku in (product["sku"], new_sku())]
    assert said[0] | {"request_id": ""} == said[1] | {"request_id": ""}
    expect_problem(remove(ana, product["sku"], '"0"'), 403)
    expect_problem(anonymous.delete(path_of(product["sku"])), 401)
    assert look(ana.http, product["sku"]) == product


def test_the_sku_is_free_again_and_begins_anew(
    editor: Person, colleague: Person, product: Json
) -> None:
    changed = change(editor, product, name="Renamed")
    assert remove(editor, product["sku"]).status_code == 204
    again = make(colleague, sku=product["sku"].swapcase(), name="Another", price=price("1.00"))
    assert again["name"] == "Another"
    assert again["created_by"] == again["updated_by"] == colleague.user["id"]
    assert again["created_at"] >= changed["updated_at"]
    assert look(editor.http, product["sku"]) == again
    stale = patch(editor, product["sku"], {"name": "Late"}, etag(changed))
    expect_problem(stale, 412)


def test_the_history_goes_on_where_the_old_one_ended(editor: Person, product: Json) -> None:
    remove(editor, product["sku"])
    before = history(editor, product["sku"])
    make(editor, sku=product["sku"], name="Another")
    entries = history(editor, product["sku"])
    assert entries[1:] == before
    assert [entry["changes"]["name"] for entry in entries] == [
        [None, "Another"], [product["name"], None], [None, product["name"]],
    ]  # fmt: skip


def test_a_product_comes_and_goes_many_times(editor: Person, product: Json) -> None:
    sku = product["sku"]
    for number in range(4):
        assert remove(editor, sku).status_code == 204
        make(editor, sku=sku, name=f"life {number}")
    assert len(history(editor, sku)) == 9
    assert [item["name"] for item in walk(editor.http, PRODUCTS, brand="Herrera")].count(
        "life 3"
    ) >= 1
