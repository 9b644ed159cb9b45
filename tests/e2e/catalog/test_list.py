"""GET /v1/products: what is found by brand, name and price."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.support.catalog import (
    PRODUCT,
    PRODUCTS,
    assert_fields,
    change,
    look,
    make,
    price,
    remove,
    walk,
)
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json

TAG = f"Shelf {uuid4().hex[:12]}"
# The oldest first; the brands are two in turn.
SHELF = {
    "hammer 2025": "0.00", "Hammer 2026": "0.01", "100% steel": "9.99", "100 percent": "10.00",
    "under_score": "10.01", "underXscore": "99.99", "\u00c9cume": "100.00", "%wild": "1000.00",
    "_wild": "123456.78", "my hammer": "999999999999.98", "'quoted'": "999999999999.99",
    "back\\slash": "0.30",
}  # fmt: skip
NAMES = list(SHELF)[::-1]
HOSTILE = ["%", "_", "\\", "'", '"', "*", ".*", "' OR 1=1 --", "'; SELECT pg_sleep(10); --",
           "pg_sleep(10)", "'||pg_sleep(10)||'", "{}", "${7*7}", "\u202e", "\U0001f525", "n" * 4000,
           "%%%%", "\\\\", "\\%", "[a-z]", "(", "$1", ":name", "%s", "%(name)s", "\n"]  # fmt: skip
NO_AMOUNTS = ["x", "NaN", "nan", "sNaN", "Infinity", "-Infinity", "1e400", "0x10", "1,00", "",
              "\u0663.\u0660\u0660", "1 000.00", "pg_sleep(10)", "'", "1.00 USD", "null", "--1",
              "1_0.00", "9" * 400]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def shelf(editor: Person) -> list[Json]:
    """The products above, in brands that nobody else has."""
    return [
        make(editor, name=name, price=price(amount), brand=f"{TAG} {('Uno', 'dos')[number % 2]}")
        for number, (name, amount) in enumerate(SHELF.items())
    ]


def found(http: httpx.Client, **query: Any) -> list[str]:
    """The names that a query finds in these brands, in their order."""
    answer = http.get(PRODUCTS, params={"brand": TAG} | query)
    assert answer.status_code == 200, describe(answer)
    return [item["name"] for item in answer.json()["items"]]


def priced(low: str, high: str) -> list[str]:
    """The names whose prices are within the bounds, newest first."""
    cents = {name: int(amount.replace(".", "")) for name, amount in SHELF.items()}
    bounds = [int(bound.replace(".", "")) for bound in (low, high)]
    return [name for name in NAMES if bounds[0] <= cents[name] <= bounds[1]]


def test_products_are_listed_newest_first(anonymous: httpx.Client, shelf: list[Json]) -> None:
    answer = anonymous.get(PRODUCTS, params={"brand": TAG})
    assert answer.json() == {"items": shelf[::-1], "next_cursor": None}
    for item in answer.json()["items"]:
        assert_fields(item, PRODUCT)


def test_everybody_sees_the_same_list(
    anonymous: httpx.Client, ana: Person, colleague: Person, superadmin: Person
) -> None:
    for http in (anonymous, ana.http, colleague.http, superadmin.http):
        assert found(http) == NAMES


def test_without_a_filter_all_are_listed(anonymous: httpx.Client, shelf: list[Json]) -> None:
    everything = walk(anonymous, PRODUCTS)
    assert [item for item in everything if item["brand"].startswith(TAG)] == shelf[::-1]
    assert len({item["sku"] for item in everything}) == len(everything)


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("hammer", ["Hammer 2026", "hammer 2025"]),
        ("HAMMER 2026", ["Hammer 2026"]),
        ("100", ["100 percent", "100% steel"]),
        ("100%", ["100% steel"]),
        ("%", ["%wild"]),
        ("_", ["_wild"]),
        ("under_", ["under_score"]),
        ("underx", ["underXscore"]),
        ("\u00e9CUME", ["\u00c9cume"]),
        ("'", ["'quoted'"]),
        ("BACK\\", ["back\\slash"]),
        ("back\\\\", []),
        ("ammer", []),
        ("wild", []),
        ("%hammer", []),
        ("hammer%", []),
        ("100\\%", []),
        ("*", []),
    ],
    ids=ascii,
)
def test_a_name_is_found_by_its_literal_prefix(
    anonymous: httpx.Client, prefix: str, names: list[str]
) -> None:
    assert found(anonymous, name=prefix) == names


def test_a_brand_is_found_by_its_literal_prefix(anonymous: httpx.Client) -> None:
    assert found(anonymous, brand=TAG.upper()) == NAMES
    assert found(anonymous, brand=f"{TAG} u") == NAMES[1::2]
    assert found(anonymous, brand=f"{TAG} DOS") == NAMES[::2]
    for nothing in (f"{TAG}_", f"{TAG}%", f"{TAG}\\", f"%{TAG}", f"{TAG} _os", TAG[1:], f"{TAG} x"):
        assert found(anonymous, brand=nothing) == []


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("0.00", "999999999999.99"), ("0.01", "10.00"), ("10.00", "10.00"), ("10.01", "99.99"),
        ("0.00", "0.00"), ("999999999999.99", "999999999999.99"), ("0.02", "9.98"),
        ("999999999999.98", "999999999999.98"), ("0.30", "0.30"), ("123456.78", "123456.78"),
    ],
)  # fmt: skip
def test_the_bounds_of_a_price_are_within_it(anonymous: httpx.Client, low: str, high: str) -> None:
    assert found(anonymous, min_price=low, max_price=high) == priced(low, high)
    assert found(anonymous, min_price=low) == priced(low, "999999999999.99")
    assert found(anonymous, max_price=high) == priced("0.00", high)


def test_filters_hold_together(anonymous: httpx.Client) -> None:
    query = {"name": "h", "brand": f"{TAG} d", "min_price": "0.01", "max_price": "0.01"}
    assert found(anonymous, **query) == ["Hammer 2026"]
    assert found(anonymous, **query | {"max_price": "0.00", "min_price": "0.00"}) == []


def test_bounds_the_wrong_way_round_find_nothing(anonymous: httpx.Client) -> None:
    query = {"brand": TAG, "min_price": "10.00", "max_price": "9.99"}
    answer = anonymous.get(PRODUCTS, params=query)
    assert answer.status_code in {200, 422}, describe(answer)
    assert answer.json().get("items", []) == []


@pytest.mark.parametrize("field", ["min_price", "max_price"])
@pytest.mark.parametrize("amount", NO_AMOUNTS, ids=lambda amount: ascii(amount)[:20])
def test_what_is_no_amount_is_refused(anonymous: httpx.Client, field: str, amount: str) -> None:
    expect_problem(anonymous.get(PRODUCTS, params={field: amount}), 422)


@pytest.mark.parametrize("field", ["min_price", "max_price"])
@pytest.mark.parametrize("amount", ["10", "10.0", "010.00", "10.000", "-10.00", "+10.00", "1e1"])
def test_an_odd_amount_means_what_it_says_or_is_refused(
    anonymous: httpx.Client, field: str, amount: str
) -> None:
    answer = anonymous.get(PRODUCTS, params={"brand": TAG, field: amount})
    if answer.status_code != 422:
        least = "0.00" if amount.startswith("-") else "10.00"
        low, high = (least, "999999999999.99") if field == "min_price" else ("0.00", "10.00")
        names = [] if amount.startswith("-") and field == "max_price" else priced(low, high)
        assert [item["name"] for item in answer.json()["items"]] == names


@pytest.mark.parametrize("field", ["brand", "name"])
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_a_hostile_filter_is_but_a_text(anonymous: httpx.Client, field: str, text: str) -> None:
    query = {"brand": TAG} | ({field: text} if field == "name" else {field: f"{TAG}{text}"})
    answer = anonymous.get(PRODUCTS, params=query)
    assert answer.elapsed.total_seconds() < 9
    assert answer.status_code in {200, 400, 422}, describe(answer)
    known = [name for name in NAMES if field == "name" and name.startswith(text)]
    assert [item["name"] for item in answer.json().get("items", known)] == known


@pytest.mark.parametrize("field", ["brand", "name", "min_price", "max_price", "cursor", "limit"])
@pytest.mark.parametrize("value", ["%00", "%FF%FE", "%ED%A0%80", "a%00b", "%F4%90%80%80"])
def test_bytes_that_no_text_has_break_nothing(
    anonymous: httpx.Client, field: str, value: str
) -> None:
    answer = anonymous.get(f"{PRODUCTS}?{field}={value}")
    assert answer.status_code in {200, 400, 422}, describe(answer)


def test_a_filter_sees_what_a_product_is_now(editor: Person, anonymous: httpx.Client) -> None:
    brand = f"Once {uuid4().hex}"
    product = make(editor, brand=brand, price=price("5.00"))
    for query in ({"brand": brand}, {"brand": brand, "max_price": "5.00"}):
        assert found(anonymous, **query) == [product["name"]]
    changed = change(editor, product, brand=f"Now {brand}", price=price("5.01"))
    assert found(anonymous, brand=brand) == []
    assert found(anonymous, brand=f"now {brand}", max_price="5.00") == []
    assert found(anonymous, brand=f"now {brand}", min_price="5.01") == [changed["name"]]
    assert look(editor.http, product["sku"]) == changed
    assert remove(editor, product["sku"]).status_code == 204
    assert found(anonymous, brand=f"now {brand}") == []
