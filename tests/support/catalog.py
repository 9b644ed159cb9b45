"""Products as admins keep them, through the handlers in this process."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.support.accounts import become
from tests.support.backend import Answer, Client, new_client

PRODUCTS = "/v1/products"
PRICE = {"amount": "12.50", "currency": "USD"}


def new_admin() -> Client:
    """Register somebody who may change products."""
    client = new_client()
    become(client, role="admin")
    return client


def new_sku() -> str:
    """Make a SKU that nobody has used."""
    return f"SKU-{uuid4().hex[:16]}"


def create(by: Client, sku: str | None = None, **changes: Any) -> Answer:
    """Make a product, whatever comes of it."""
    headers = changes.pop("headers", {})
    body = {"sku": sku or new_sku(), "name": "Anvil", "brand": "Vulcan", "price": PRICE, **changes}
    return by.call("catalog.create", "POST", PRODUCTS, body, headers=headers)


def made(by: Client, sku: str | None = None, **changes: Any) -> dict[str, Any]:
    """Make a product and return it."""
    answer = create(by, sku, **changes)
    assert answer.status == 201, answer
    product: dict[str, Any] = answer.body
    return product


def get(by: Client, sku: str, **more: Any) -> Answer:
    """Look at a product."""
    return by.call("catalog.get", "GET", f"{PRODUCTS}/{sku}", **more)


def change(by: Client, product: dict[str, Any], **values: Any) -> Answer:
    """Change a product from the version that was read."""
    headers = {"if-match": f'"{product["version"]}"'}
    path = f"{PRODUCTS}/{product['sku']}"
    return by.call("catalog.update", "PATCH", path, values, headers=headers)


def delete(by: Client, sku: str, **headers: str) -> Answer:
    """Delete a product."""
    return by.call("catalog.delete", "DELETE", f"{PRODUCTS}/{sku}", headers=headers)


def history(by: Client, sku: str, **query: Any) -> list[dict[str, Any]]:
    """Return what became of a SKU, newest first."""
    path = f"{PRODUCTS}/{sku}/history"
    answer = by.call("catalog.history", "GET", path, query=query)
    assert answer.status == 200, answer
    items: list[dict[str, Any]] = answer.body["items"]
    return items
