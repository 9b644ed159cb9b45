"""Pages of products, histories, reports and notifications: their limits and their cursors."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.support.catalog import (
    NOTIFICATIONS,
    PRODUCTS,
    REPORT,
    around_today,
    change,
    make,
    pages,
    remove,
    walk,
)
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json

LISTS = [PRODUCTS, f"{PRODUCTS}/{{sku}}/history", REPORT, NOTIFICATIONS]
LIMITS = ["0", "-1", "201", "x", "1.5", "1e1", "true", "9" * 30, "\u0663x", ""]
CURSORS = ["x", "e30", "bnVsbA", "W10", "'; --", "\x00", "\u00e9", ABSENT, "A" * 4000, "{}", "=="]


@pytest.fixture(scope="module")
def sku(editor: Person) -> str:
    """The SKU of a product with a history of two entries."""
    return str(change(editor, make(editor), name="Renamed")["sku"])


def ask(editor: Person, path: str, sku: str, **query: str) -> httpx.Response:
    """Ask for one of the lists, whatever comes of it."""
    days = around_today() if path == REPORT else {}
    return editor.http.get(path.format(sku=sku), params=days | query)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_a_page_of_json(editor: Person, sku: str, path: str) -> None:
    answer = ask(editor, path, sku)
    assert answer.status_code == 200, describe(answer)
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    assert answer.json().keys() == {"items", "next_cursor"}
    if path != PRODUCTS:
        assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", LIMITS, ids=ascii)
def test_a_limit_is_1_to_200(editor: Person, sku: str, path: str, limit: str) -> None:
    expect_problem(ask(editor, path, sku, limit=limit), {400, 422})


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["1", "200"])
def test_the_bounds_of_a_limit_are_allowed(editor: Person, sku: str, path: str, limit: str) -> None:
    answer = ask(editor, path, sku, limit=limit)
    assert answer.status_code == 200, describe(answer)
    assert len(answer.json()["items"]) <= int(limit)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", CURSORS, ids=lambda cursor: ascii(cursor)[:20])
def test_a_cursor_that_was_never_given_is_refused(
    editor: Person, sku: str, path: str, cursor: str
) -> None:
    expect_problem(ask(editor, path, sku, cursor=cursor), {400, 422})


TWICE = [(path, name) for path in LISTS for name in ("limit", "cursor")]
TWICE += [(PRODUCTS, name) for name in ("brand", "name", "min_price", "max_price")]
TWICE += [(REPORT, name) for name in ("from", "to")]


@pytest.mark.parametrize(("path", "name"), TWICE)
def test_a_parameter_given_twice_is_refused_or_read_as_one(
    editor: Person, sku: str, path: str, name: str
) -> None:
    days = around_today() if path == REPORT else {}
    value = days.get(name, "1.00" if name.endswith("price") else "1")
    query: dict[str, str | list[str]] = {**days, name: [value, value]}
    answer = editor.http.get(path.format(sku=sku), params=query)
    assert answer.status_code in {200, 400, 422}, describe(answer)


@pytest.mark.parametrize("path", LISTS[1:])
def test_a_cursor_of_another_list_breaks_nothing(editor: Person, sku: str, path: str) -> None:
    cursor = editor.http.get(PRODUCTS, params={"limit": 1}).json()["next_cursor"]
    if cursor is not None:
        assert ask(editor, path, sku, cursor=cursor).status_code in {200, 400, 422}


def shelve(editor: Person, count: int) -> tuple[str, list[Json]]:
    """Products of a brand of their own, the newest first."""
    brand = uuid4().hex
    return brand, [make(editor, brand=brand, name=str(n)) for n in range(count)][::-1]


def test_pages_of_products_follow_each_other(editor: Person, anonymous: httpx.Client) -> None:
    brand, products = shelve(editor, 7)
    found = list(pages(anonymous, PRODUCTS, brand=brand, limit=3))
    assert [page for page in found if page] == [products[:3], products[3:6], products[6:]]


def test_a_page_that_is_just_full_is_the_last_or_before_an_empty_one(
    editor: Person, anonymous: httpx.Client
) -> None:
    brand, products = shelve(editor, 4)
    found = list(pages(anonymous, PRODUCTS, brand=brand, limit=4))
    assert found in ([products], [products, []])


def test_pages_neither_repeat_nor_skip_while_products_change(
    editor: Person, anonymous: httpx.Client
) -> None:
    brand, products = shelve(editor, 9)
    walked = pages(anonymous, PRODUCTS, brand=brand, limit=2)
    seen = next(walked)
    make(editor, brand=brand, name="late")
    change(editor, products[0], name="already seen")
    change(editor, products[8], name="still to come")
    seen += next(walked)
    remove(editor, products[1]["sku"])
    remove(editor, products[5]["sku"])
    seen += [product for page in walked for product in page]
    left = [product["sku"] for number, product in enumerate(products) if number != 5]
    assert [product["sku"] for product in seen] == left
    assert seen[-1]["name"] == "still to come"


def test_pages_neither_repeat_nor_skip_while_many_are_added(
    editor: Person, colleague: Person, anonymous: httpx.Client
) -> None:
    brand, products = shelve(editor, 6)
    with ThreadPoolExecutor(4) as threads:
        made = [
            threads.submit(make, (editor, colleague)[number % 2], brand=brand)
            for number in range(16)
        ]
        seen = []
        while not all(future.done() for future in made):
            seen.append([item["sku"] for item in walk(anonymous, PRODUCTS, brand=brand, limit=2)])
    before = [product["sku"] for product in products]
    added = {future.result()["sku"] for future in made}
    assert seen
    for skus in seen:
        assert skus[-6:] == before
        assert len(set(skus)) == len(skus)
        assert set(skus) <= {*before, *added}
    last = [item["sku"] for item in walk(anonymous, PRODUCTS, brand=brand, limit=5)]
    assert {*last} == {*before, *added}
    assert len(last) == 22


def test_a_cursor_keeps_its_place_among_filters(editor: Person, anonymous: httpx.Client) -> None:
    brand = uuid4().hex
    query: dict[str, Any] = {"brand": brand, "name": "nail", "min_price": "2.00"}
    kept: list[Json] = []
    for number in range(12):
        name, amount = ("nail", "screw")[number % 2], f"{number // 3}.00"
        product = make(editor, brand=brand, name=name, price={"amount": amount, "currency": "USD"})
        if name == "nail" and number >= 6:
            kept.insert(0, product)
    assert walk(anonymous, PRODUCTS, **query, limit=1) == kept
    assert len(kept) == 3
