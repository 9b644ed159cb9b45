"""POST /v1/products: what comes of it, and who may."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.catalog import (
    PRODUCT,
    PRODUCTS,
    are_ids,
    ask_for,
    assert_fields,
    history,
    look,
    make,
    new_sku,
    path_of,
    price,
    product_body,
    same_amount,
)
from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.shapes import seconds_from_now

GOOD_TEXTS = {
    "one character": "x",
    "accents": "Ca\u00f1\u00f3n \u00c9lan",
    "decomposed accents": "cafe\u0301",
    "han, arabic": "\u6587\u4ef6 \u0645\u0644\u0641",
    "emoji": "\U0001f469\u200d\U0001f692 \U0001f1e8\U0001f1f4",
    "markup": "<script>alert(1)</script> & \"quotes\" 'too'",
    "looks like SQL": "'; DROP TABLE products; --",
    "percent, underscore, backslash": "100% _wild_ \\ path",
    "templates": "{{7*7}} ${7*7} %(name)s {0}",
    "100 letters": "n" * 100,
}
GOOD_AMOUNTS = ["0.01", "0.10", "0.29", "9.99", "12.50", "1000.00", "999999999999.99", "0.00"]
CURRENCIES = ["USD", "EUR", "COP", "GBP", "MXN", "BRL", "CHF"]


def test_a_new_product_is_what_was_asked_for(editor: Person, anonymous: httpx.Client) -> None:
    body = product_body()
    answer = editor.http.post(PRODUCTS, json=body)
    assert answer.status_code == 201, describe(answer)
    product = answer.json()
    assert_fields(product, PRODUCT)
    assert {name: product[name] for name in body} == body
    assert (product["version"], product["image_file_ids"]) == (1, [])
    assert product["created_by"] == product["updated_by"] == editor.user["id"]
    assert abs(seconds_from_now(product["created_at"])) < 60
    assert product["updated_at"] == product["created_at"]
    assert look(anonymous, body["sku"]) == product


def test_a_superadmin_may_do_what_an_admin_may(superadmin: Person, editor: Person) -> None:
    product = make(superadmin)
    assert product["created_by"] == superadmin.user["id"]
    assert look(editor.http, product["sku"]) == product


@pytest.mark.parametrize("field", ["name", "brand"])
@pytest.mark.parametrize("value", GOOD_TEXTS.values(), ids=GOOD_TEXTS.keys())
def test_a_text_is_kept_exactly(editor: Person, field: str, value: str) -> None:
    product = make(editor, **{field: value})
    assert product[field] == value
    assert look(editor.http, product["sku"]) == product


@pytest.mark.parametrize("amount", GOOD_AMOUNTS)
def test_an_amount_is_kept_to_the_cent(editor: Person, amount: str) -> None:
    product = make(editor, price=price(amount))
    assert product["price"] == price(amount) == look(editor.http, product["sku"])["price"]


def test_zeros_in_front_change_no_amount(editor: Person) -> None:
    made = make(editor, price=price("000000000012.50"))["price"]
    assert same_amount(made["amount"], "12.50")


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_currency_is_kept(editor: Person, currency: str) -> None:
    assert make(editor, price=price("1.00", currency))["price"] == price("1.00", currency)


def test_a_product_may_do_without_pictures(editor: Person) -> None:
    assert make(editor, image_file_ids=[])["image_file_ids"] == []
    assert are_ids(make(editor)["image_file_ids"])


def test_a_user_makes_no_product(ana: Person, editor: Person) -> None:
    body = product_body()
    expect_problem(ana.http.post(PRODUCTS, json=body), 403, "forbidden")
    expect_problem(editor.http.get(path_of(body["sku"])), 404)


def test_who_is_nobody_makes_no_product(anonymous: httpx.Client, editor: Person) -> None:
    body = product_body()
    expect_problem(anonymous.post(PRODUCTS, json=body), 401)
    expect_problem(editor.http.get(path_of(body["sku"])), 404)


@pytest.mark.parametrize(("text", "kind"), [("{broken", "application/json"), ("{}", "text/plain")])
def test_a_user_is_refused_before_the_form_is_judged(ana: Person, text: str, kind: str) -> None:
    expect_problem(ana.http.post(PRODUCTS, **raw_json(text, kind)), 403, "forbidden")
    body: Any = {"surprise": 1}
    expect_problem(ana.http.post(PRODUCTS, json=body), 403, "forbidden")


def test_a_user_is_not_told_which_skus_there_are(ana: Person, editor: Person) -> None:
    taken, free = make(editor)["sku"], new_sku()
    said = [
        expect_problem(ask_for(ana, sku=sku), 403) | {"request_id": ""} for sku in (taken, free)
    ]
    assert said[0] == said[1]


def test_a_taken_sku_is_refused_and_nothing_changes(editor: Person, colleague: Person) -> None:
    product = make(editor)
    for person in (editor, colleague):
        answer = ask_for(person, sku=product["sku"], name="Another", price=price("99.00"))
        expect_problem(answer, 409, "sku_taken")
    assert look(editor.http, product["sku"]) == product
    assert len(history(editor, product["sku"])) == 1
