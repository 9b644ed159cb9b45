"""Products and the admins who change them: what is kept, counted and told of each change."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import Shape, assert_shape, number, text, time, uuid7
from tests.e2e.support.waiting import eventually

PRODUCTS = "/v1/products"
NOTIFICATIONS = "/v1/notifications"
REPORT = "/v1/reports/product-views"
PAGES = 500
# Makes an admin, of the role that is named.
Hire = Callable[..., Person]


def is_price(value: Any) -> bool:
    """An amount with two decimals as text, and a currency."""
    whole, _, cents = value["amount"].partition(".")
    right = whole.isdecimal() and cents.isdecimal() and len(cents) == 2 and len(whole) <= 12
    return right and value.keys() == {"amount", "currency"} and len(value["currency"]) == 3


def are_ids(value: Any) -> bool:
    """A list of ids."""
    return isinstance(value, list) and all(map(uuid7, value))


def are_changes(value: Any) -> bool:
    """Fields by name, each with what it was and what it became."""
    return isinstance(value, dict) and all(
        isinstance(pair, list) and len(pair) == 2 and pair[0] != pair[1] for pair in value.values()
    )


PRODUCT: Shape = {
    "sku": text, "name": text, "brand": text, "price": is_price, "image_file_ids": are_ids,
    "created_by": uuid7, "updated_by": uuid7, "created_at": time, "updated_at": time,
    "version": number,
}  # fmt: skip
ENTRY: Shape = {"changed_by": uuid7, "changed_at": time, "action": text, "changes": are_changes}


def assert_fields(thing: Json, shape: Shape) -> None:
    """The thing has all of the shape's fields; it may have others beside them."""
    assert_shape({name: value for name, value in thing.items() if name in shape}, shape)


def new_sku(prefix: str = "aB") -> str:
    """A SKU that nobody has used, with letters of both cases."""
    return f"{prefix}-{uuid4().hex[:16]}"


def price(amount: Any, currency: Any = "USD") -> Json:
    """A price, right or wrong."""
    return {"amount": amount, "currency": currency}


def product_body(**changes: Any) -> Json:
    """A body that creates a product, with some of its fields changed."""
    right = {"name": "Claw hammer", "brand": "Herrera", "price": price("12.50")}
    return {"sku": new_sku()} | right | changes


def ask_for(person: Person, **changes: Any) -> httpx.Response:
    """Ask for a new product, whatever comes of it."""
    return person.http.post(PRODUCTS, json=product_body(**changes))


def make(person: Person, **changes: Any) -> Json:
    """A new product."""
    answer = ask_for(person, **changes)
    assert answer.status_code == 201, describe(answer)
    product: Json = answer.json()
    return product


def path_of(sku: str) -> str:
    """Where the product is, however its SKU is spelled."""
    return f"{PRODUCTS}/{quote(sku, safe='')}"


def look(anybody: httpx.Client, sku: str) -> Json:
    """The product as it stands now; without a token that is a view."""
    answer = anybody.get(path_of(sku))
    assert answer.status_code == 200, describe(answer)
    product: Json = answer.json()
    return product


def lasting(product: Json) -> Json:
    """What a product says that isn't presigned anew each time: all but its pictures' thumbnails."""
    return {name: value for name, value in product.items() if name != "images"}


def etag(product: Json) -> str:
    """The product's version as a condition."""
    return f'"{product["version"]}"'


def condition(value: str | None) -> dict[str, str]:
    """The header If-Match, or none."""
    return {} if value is None else {"if-match": value}


def patch(person: Person, sku: str, body: Any, if_match: str | None) -> httpx.Response:
    """Ask for a change under a condition, whatever comes of it."""
    return person.http.patch(path_of(sku), json=body, headers=condition(if_match))


def change(person: Person, product: Json, /, **fields: Any) -> Json:
    """The product with these fields changed, from the version that is given."""
    answer = patch(person, product["sku"], fields, etag(product))
    assert answer.status_code == 200, describe(answer)
    changed: Json = answer.json()
    return changed


def remove(person: Person, sku: str, if_match: str | None = None) -> httpx.Response:
    """Ask for the product's end, whatever comes of it."""
    return person.http.delete(path_of(sku), headers=condition(if_match))


def pages(anybody: httpx.Client, path: str, **query: Any) -> Iterator[list[Json]]:
    """The pages of a list, each asked for when it is needed."""
    for _ in range(PAGES):
        answer = anybody.get(path, params=query)
        assert answer.status_code == 200, describe(answer)
        yield answer.json()["items"]
        query["cursor"] = answer.json()["next_cursor"]
        if query["cursor"] is None:
            return
    raise AssertionError(f"{path} has no end")


def walk(anybody: httpx.Client, path: str, **query: Any) -> list[Json]:
    """All of a list, page by page."""
    return [item for page in pages(anybody, path, **{"limit": 200} | query) for item in page]


def history(person: Person, sku: str) -> list[Json]:
    """All that was ever done under a SKU, newest first."""
    return walk(person.http, f"{path_of(sku)}/history")


def notices(person: Person, sku: str) -> list[Json]:
    """What somebody was told of a SKU, newest first."""
    return [item for item in walk(person.http, NOTIFICATIONS) if item["sku"] == sku]


def told(person: Person, sku: str, count: int = 1) -> list[Json]:
    """What somebody was told of a SKU, once it is that much."""
    return eventually(lambda: notices(person, sku), lambda found: len(found) >= count)


def all_told(actor: Person, *listeners: Person) -> None:
    """Wait until what `actor` did before has reached the listeners: what comes later has."""
    sku = make(actor)["sku"]
    for listener in listeners:
        told(listener, sku)


def around_today() -> dict[str, str]:
    """A time that holds today, whether or not a day ends meanwhile."""
    today = datetime.now(UTC).date()
    first, last = today - timedelta(days=1), today + timedelta(days=2)
    return {"from": first.isoformat(), "to": last.isoformat()}


def views(admin: Person) -> Mapping[str, int]:
    """The views of these days by SKU."""
    counts: dict[str, int] = {}
    for item in walk(admin.http, REPORT, **around_today()):
        counts[item["sku"]] = counts.get(item["sku"], 0) + item["views"]
    return counts


def same_amount(one: str, other: str) -> bool:
    """Whether two amounts are one, however they are written."""
    return Decimal(one) == Decimal(other)
