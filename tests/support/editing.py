"""Events that edit products, and what PostgreSQL keeps of products, of their changes and views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua.catalog import skus
from fragua.catalog.tables import history, products, views
from fragua.database import writer
from fragua.database.outbox import outbox as events
from fragua.notifications.tables import notifications
from fragua.settings import settings
from tests.support.backend import Client, environment_of, invoke
from tests.support.catalog import PRODUCTS
from tests.support.events import http_event, queue_event
from tests.support.queues import take

Json = dict[str, Any]


def price(amount: str) -> Json:
    """Make a price in dollars."""
    return {"amount": amount, "currency": "USD"}


def creation(client: Client, sku: str, key: str | None = None) -> Json:
    """Make the event of a creation."""
    headers = {"idempotency-key": key} if key else {}
    body = {"sku": sku, "name": "Pump", "brand": "Acme", "price": price("12.50")}
    return http_event("POST", PRODUCTS, body, token=client.token, headers=headers)


def change(client: Client, product: Json, **values: Any) -> Json:
    """Make the event of a change from the version that a product has."""
    path, headers = f"{PRODUCTS}/{product['sku']}", {"if-match": f'"{product["version"]}"'}
    return http_event("PATCH", path, values, token=client.token, headers=headers)


def deletion(client: Client, product: Json, *, conditional: bool = False) -> Json:
    """Make the event of a deletion."""
    path = f"{PRODUCTS}/{product['sku']}"
    headers = {"if-match": f'"{product["version"]}"'} if conditional else {}
    return http_event("DELETE", path, token=client.token, headers=headers)


def rows(sku: str) -> Sequence[RowMapping]:
    """Return all products that ever had a SKU, the newest last."""
    query = sa.select(products).where(products.c.sku_key == skus.key(sku))
    with writer() as db:
        return db.execute(query.order_by(products.c.id)).mappings().all()


def changes(sku: str) -> Sequence[RowMapping]:
    """Return all that was done to products of a SKU, the newest last."""
    query = sa.select(history).where(history.c.sku_key == skus.key(sku))
    with writer() as db:
        return db.execute(query.order_by(history.c.id)).mappings().all()


def actions(sku: str) -> list[str]:
    """Return what was done to products of a SKU, the newest last."""
    return [entry["action"] for entry in changes(sku)]


def untold(sku: str) -> list[UUID]:
    """Return the changes of a SKU that the outbox still has to tell, as often as it does."""
    own = {entry["id"] for entry in changes(sku)}
    query = sa.select(events.c.payload).where(events.c.kind == "product_changed")
    with writer() as db:
        left = [UUID(each["history_id"]) for each in db.execute(query).scalars()]
    return [history_id for history_id in left if history_id in own]


def assert_sound(sku: str) -> None:
    """Each product is what its history says, at most one of them is there.

    A version counts the changes, so none is missing and none was made twice; and none comes twice,
    not even where a SKU is used again.
    """
    found, done, version = rows(sku), changes(sku), 0
    assert len([row for row in found if row["deleted_at"] is None]) <= 1
    assert {entry["product_id"] for entry in done} == {row["id"] for row in found}
    for row in found:
        own = [entry for entry in done if entry["product_id"] == row["id"]]
        version += len(own)
        assert (row["version"], own[0]["action"]) == (version, "created")
        assert (row["deleted_at"] is None) is (own[-1]["action"] != "deleted")
        assert row["created_by"] == own[0]["changed_by"]
        assert row["updated_by"] == own[-1]["changed_by"]
        assert _replayed(own) == _shown(row)


def _replayed(entries: Sequence[RowMapping]) -> Json:
    fields: Json = {}
    for entry in entries:
        for name, (old, new) in entry["changes"].items():
            assert fields.get(name) == old, entry
            fields[name] = new
    return fields


def _shown(row: RowMapping) -> Json:
    """Return a product's fields as its history writes them; nothing is left of a deleted one."""
    fields = {name: row[name] for name in ("sku", "name", "brand")}
    fields["price"] = {"amount": str(row["price"]), "currency": row["currency"]}
    fields["image_file_ids"] = [str(file_id) for file_id in row["image_file_ids"]]
    return dict.fromkeys(fields) if row["deleted_at"] else fields


def counted(sku: str) -> int:
    """Return how many views of a SKU were counted, of all days."""
    query = sa.select(sa.func.coalesce(sa.func.sum(views.c.views), 0))
    with writer() as db:
        return int(db.execute(query.where(views.c.sku_key == skus.key(sku))).scalar_one())


def others(editor: UUID | str) -> list[str]:
    """Return the ids of all admins who may come in, but for one."""
    query = sa.text(
        "select id from users where role in ('admin', 'superadmin')"
        " and active and deleted_at is null and id <> :editor"
    )
    with writer() as db:
        return sorted(str(found) for found in db.execute(query, {"editor": editor}).scalars())


def told(history_id: UUID | str) -> list[str]:
    """Return the ids of those who were told of a change, each as often as it was."""
    query = sa.select(notifications.c.user_id).where(notifications.c.history_id == history_id)
    with writer() as db:
        return sorted(str(user_id) for user_id in db.execute(query).scalars())


def assert_told_once(sku: str) -> None:
    """All other admins were told of each change of a SKU, once, and nothing is left to be told."""
    for entry in changes(sku):
        assert told(entry["id"]) == others(entry["changed_by"])
    assert untold(sku) == []


def tell_all() -> int:
    """Tell admins of all that waits to be told, without mails; return how many messages it was."""
    messages = take(settings().notifications_queue_url)
    with environment_of({"MAIL_SENDER": ""}):
        answer = invoke("notifications.tell_admins", queue_event(*messages))
    assert answer == {"batchItemFailures": []}
    return len(messages)
