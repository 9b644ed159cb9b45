"""What a body about a product may say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from fragua.catalog import history
from fragua.catalog.currencies import CURRENCIES
from fragua.catalog.schemas import Bound, Day, NewProduct, Price, ProductChange

ANVIL: dict[str, Any] = {
    "sku": "ANVIL-1",
    "name": "Anvil",
    "brand": "Vulcan",
    "price": {"amount": "12.50", "currency": "USD"},
}
AMOUNTS: list[Any] = [
    *("NaN", "Infinity", "-Infinity", "1e400", "-1.00", "+1.00", "1.000", "1.0", "1", ".50", ""),
    *("1,00", "1.00 ", " 1.00", "1.00\n", "0x1.00", "1_0.00", "1234567890123.00"),
    *("\u0661\u0662.\u0665\u0660"),
    *(12.5, 12, True, None, ["1.00"]),
]


def faults(**changes: Any) -> set[str]:
    """Return the fields that are wrong in a product with these changes."""
    try:
        NewProduct.model_validate({**ANVIL, **changes})
    except ValidationError as error:
        return {".".join(map(str, fault["loc"])) for fault in error.errors()}
    return set()


def test_a_product_as_it_should_be_is_taken() -> None:
    assert faults() == faults(image_file_ids=[str(uuid4())]) == set()


@pytest.mark.parametrize("amount", ["0.00", "00.01", "999999999999.99", "12.50"])
def test_an_amount_has_two_decimals(amount: str) -> None:
    assert not faults(price={"amount": amount, "currency": "EUR"})
    assert Price(amount=amount, currency="EUR").number == Decimal(amount)


@pytest.mark.parametrize("amount", AMOUNTS, ids=repr)
def test_any_other_amount_is_refused(amount: Any) -> None:
    assert faults(price={"amount": amount, "currency": "EUR"}) == {"price.amount"}


@pytest.mark.parametrize(
    "currency",
    [
        "usd",
        "XXX",
        "XTS",
        "XAU",
        "ZZZ",
        "DEM",
        "US",
        "USDT",
        "",
        None,
        "\uff35\uff33\uff24",
        "US\0",
    ],
)
def test_what_is_no_money_of_today_is_refused(currency: Any) -> None:
    assert faults(price={"amount": "1.00", "currency": currency}) == {"price.currency"}


def test_the_currencies_are_those_of_the_standard() -> None:
    assert {"USD", "EUR", "GBP", "JPY", "MXN", "COP", "CHF", "XOF"} <= CURRENCIES
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)


@pytest.mark.parametrize(
    "field",
    ["id", "created_by", "updated_by", "created_at", "version", "history", "views", "images"],
)
def test_what_only_the_server_writes_is_refused(field: str) -> None:
    assert faults(**{field: 1}) == {field}
    with pytest.raises(ValidationError):
        ProductChange.model_validate({field: 1})


@pytest.mark.parametrize("field", ["name", "brand"])
@pytest.mark.parametrize("text", ["", " ", "a\0b", "a\nb", "\ud800", "a" * 256, None, 1])
def test_a_text_of_nothing_or_of_control_characters_is_refused(field: str, text: Any) -> None:
    assert faults(**{field: text}) == {field}


@pytest.mark.parametrize("ids", [["x"], [1], [None], "x", {}, [str(uuid4())] * 21, None])
def test_pictures_are_at_most_twenty_ids(ids: Any) -> None:
    assert {fault.partition(".")[0] for fault in [*faults(image_file_ids=ids)]} == {
        "image_file_ids"
    }


def test_a_picture_is_named_once() -> None:
    one = str(uuid4())
    assert faults(image_file_ids=[one, one.upper()]) == {"image_file_ids"}


@pytest.mark.parametrize("field", ["name", "brand", "price", "image_file_ids", "sku"])
def test_a_change_has_no_nulls_and_no_other_sku(field: str) -> None:
    for value in (None, "X" if field == "sku" else None):
        with pytest.raises(ValidationError):
            ProductChange.model_validate({field: value})


@pytest.mark.parametrize("text", ["0", "12", "12.5", "12.50", "999999999999.99"])
def test_a_bound_may_have_fewer_decimals(text: str) -> None:
    assert TypeAdapter(Bound).validate_python(text) == text


@pytest.mark.parametrize(
    "text", ["NaN", "1e3", "-1", "", "1.", "1.234", "1 or 1=1", "\u0661", "1\n"]
)
def test_what_is_no_bound_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Bound).validate_python(text)


@pytest.mark.parametrize(
    "text",
    [
        *("0", "1700000000", "2026-1-1", "20260101", "2026-02-30", "2026-01-01T00:00:00", ""),
        # Given twice in a query.
        ["2026-01-01", "2026-01-01"],
    ],
    ids=repr,
)
def test_a_day_is_written_in_one_way(text: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(text)


def row(**changes: Any) -> dict[str, Any]:
    price = {"price": Decimal("12.50"), "currency": "USD"}
    return {"sku": "A", "name": "Anvil", "brand": "V", "image_file_ids": [], **price, **changes}


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=5),
        "price": st.decimals(0, 100, places=2),
        "currency": st.sampled_from(["USD", "EUR"]),
        "image_file_ids": st.lists(st.uuids(), max_size=2),
    },
)


@given(CHANGES, CHANGES)
def test_differences_are_what_leads_from_one_row_to_the_other(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    before, after = row(**first), row(**second)
    forth, back = history.differences(before, after), history.differences(after, before)
    assert {name: (new, old) for name, (old, new) in back.items()} == forth
    made, gone = history.differences(None, before), history.differences(after, None)
    known = {name: new for name, (_, new) in made.items()}
    assert all(known[name] == old for name, (old, _) in forth.items())
    assert known | {name: new for name, (_, new) in forth.items()} == {
        name: old for name, (old, _) in gone.items()
    }


def test_an_amount_that_is_only_written_in_another_way_is_no_difference() -> None:
    assert not history.differences(row(price=Decimal("12.5")), row(price=Decimal("12.50")))
