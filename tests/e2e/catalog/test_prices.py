"""Prices that are none: amounts are text with two decimals, currencies those of ISO 4217."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.catalog import (
    PRODUCTS,
    ask_for,
    etag,
    look,
    make,
    new_sku,
    patch,
    path_of,
    price,
    product_body,
)
from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json

NO_AMOUNTS: dict[str, Any] = {
    "no number": "NaN", "infinite": "Infinity", "huge": "1e400", "an exponent": "1e2",
    "negative": "-1.00", "negative zero": "-0.00", "signed": "+1.00", "no decimals": "12",
    "one decimal": "12.5", "three decimals": "12.500", "a dot": "12.", "no whole": ".50",
    "13 digits": "1000000000000.00", "400 digits": "9" * 400 + ".00", "a comma": "12,50",
    "grouped": "1,000.00", "underscore": "1_0.00", "hexadecimal": "0x1.00",
    "Arabic digits": "\u0661\u0662.\u0665\u0660", "full-width digits": "\uff11\uff12.50",
    "superscript": "1\u00b2.50", "a space before": " 12.50", "a space after": "12.50 ",
    "a line's end": "12.50\n", "two lines": "12.50\n13.00", "NUL": "12.50\x00", "empty": "",
    "words": "twelve", "null": None, "a number": 12.5, "an integer": 12, "zero": 0, "true": True,
    "a list": ["12.50"], "an object": {"amount": "12.50"}, "a currency": "$12.50",
    "SQL": "1.00'; DROP TABLE products; --", "two dots": "1.2.50",
}  # fmt: skip
NO_CURRENCIES: dict[str, Any] = {
    "unknown": "ZZZ", "two letters": "US", "four letters": "USDX", "empty": "", "a sign": "$",
    "spaces": " USD", "a line's end": "USD\n", "digits": "840", "a number": 840, "null": None,
    "a list": ["USD"], "full width": "\uff35\uff33\uff24", "emoji": "\U0001f4b5", "true": True,
    "NUL": "US\x00", "cyrillic": "\u0415UR", "long": "USD" * 1000,
}  # fmt: skip
NO_PRICES: dict[str, Any] = {
    "null": None, "text": "12.50", "text with a currency": "12.50 USD", "a number": 12.5,
    "empty": {}, "a list": ["12.50", "USD"], "true": True, "no currency": {"amount": "12.50"},
    "no amount": {"currency": "USD"}, "one more": price("12.50") | {"tax": "1.00"},
    "other names": {"value": "12.50", "currency": "USD"}, "two": [price("1.00"), price("2.00")],
}  # fmt: skip
RAW = ["NaN", "Infinity", "-Infinity", "1e400", "12.50", "1" + "0" * 400]


@pytest.fixture(scope="module")
def still(editor: Person) -> Json:
    """A product that only what is wrong would change."""
    return make(editor)


def refused(editor: Person, still: Json, wrong: Any, pointer: str) -> None:
    """The price makes no product and changes none."""
    expect_invalid(ask_for(editor, price=wrong), pointer)
    expect_invalid(patch(editor, still["sku"], {"price": wrong}, etag(still)), pointer)
    assert look(editor.http, still["sku"]) == still


@pytest.mark.parametrize("amount", NO_AMOUNTS.values(), ids=NO_AMOUNTS.keys())
def test_what_is_no_amount_is_refused(editor: Person, still: Json, amount: Any) -> None:
    refused(editor, still, price(amount), "/price/amount")


@pytest.mark.parametrize("currency", NO_CURRENCIES.values(), ids=NO_CURRENCIES.keys())
def test_what_is_no_currency_is_refused(editor: Person, still: Json, currency: Any) -> None:
    refused(editor, still, price("12.50", currency), "/price/currency")


@pytest.mark.parametrize("wrong", NO_PRICES.values(), ids=NO_PRICES.keys())
def test_what_is_no_price_is_refused(editor: Person, still: Json, wrong: Any) -> None:
    refused(editor, still, wrong, "/price")


@pytest.mark.parametrize("number", RAW, ids=lambda value: value[:10])
def test_a_number_is_no_amount_however_it_is_written(editor: Person, number: str) -> None:
    body = product_body(price=price("@"))
    text = httpx.Request("POST", "http://x", json=body).read().decode().replace('"@"', number)
    expect_problem(editor.http.post(PRODUCTS, **raw_json(text)), {400, 422})
    expect_problem(editor.http.get(path_of(body["sku"])), 404)


def test_a_currency_is_never_kept_in_lower_case(editor: Person) -> None:
    sku = new_sku()
    answer = ask_for(editor, sku=sku, price=price("12.50", "usd"))
    if answer.status_code == 201:
        assert answer.json()["price"] == price("12.50", "USD")
    else:
        expect_invalid(answer, "/price/currency")
