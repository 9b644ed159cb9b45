"""What became of a SKU: one row for each change, written in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from fragua import clock
from fragua.catalog import skus
from fragua.catalog.schemas import Change
from fragua.catalog.tables import history
from fragua.database import outbox, reader
from fragua.errors import Problem

Row = Mapping[Any, Any]
Changes = dict[str, tuple[Any, Any]]

# Event of this room in the outbox.
PRODUCT_CHANGED = "product_changed"

# Of a product, what is its editors' and no bookkeeping.
FIELDS = ("sku", "name", "brand", "price", "image_file_ids")


def differences(before: Row | None, after: Row | None) -> Changes:
    """Return the value before and after of each field that is another one, as JSON has it.

    Nothing is there before a product is made, and nothing after it was deleted.
    """
    old, new = (_shown(row) if row else dict.fromkeys(FIELDS) for row in (before, after))
    return {name: (old[name], new[name]) for name in FIELDS if old[name] != new[name]}


def _shown(row: Row) -> dict[str, Any]:
    price = {"amount": f"{row['price']:.2f}", "currency": row["currency"]}
    ids = [str(file_id) for file_id in row["image_file_ids"]]
    return {name: row.get(name) for name in FIELDS} | {"price": price, "image_file_ids": ids}


def record(
    db: sa.Connection,
    action: Literal["created", "updated", "deleted"],
    row: Row,
    changes: Changes,
    editor: UUID,
) -> tuple[UUID, dict[str, str]]:
    """Write a change down, and that it must be told; return that event and its payload."""
    history_id = clock.new_id()
    values = {name: row[name] for name in ("sku", "sku_key")} | {"product_id": row["id"]}
    who = {"changed_by": editor, "changed_at": clock.now()}
    db.execute(
        history.insert().values(id=history_id, action=action, changes=changes, **values, **who)
    )
    payload = {"history_id": str(history_id)}
    return outbox.add(db, PRODUCT_CHANGED, payload), payload


def page(sku: str, limit: int, after: UUID | None) -> tuple[list[Change], UUID | None]:
    """Return at most `limit` changes of a SKU, newest first, and the id to go on after.

    All products that ever had it have one history; `Problem` not_found for a SKU without any.
    """
    mine = history.c.sku_key == skus.key(sku)
    query = sa.select(history).where(mine).order_by(history.c.id.desc()).limit(limit + 1)
    with reader() as db:
        rows = db.execute(query.where(history.c.id < after) if after else query).mappings().all()
        if not rows and db.execute(sa.select(history.c.id).where(mine).limit(1)).first() is None:
            raise Problem("not_found")
    found = [Change.model_validate(row) for row in rows[:limit]]
    return found, rows[limit - 1]["id"] if len(rows) > limit else None
