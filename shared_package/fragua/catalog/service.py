"""Use cases of products. They never really vanish: a deleted one gives its SKU back, no more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError

from fragua import aws, clock, preconditions
from fragua.catalog import history, skus
from fragua.catalog.schemas import NewProduct, Product, ProductChange
from fragua.catalog.tables import history as changes
from fragua.catalog.tables import products
from fragua.database import listing, outbox, reader, repeats, writer
from fragua.database.engine import violated
from fragua.errors import Invalid, Problem, Refused, Unavailable, pointer
from fragua.idempotency import Once
from fragua.images import service as images
from fragua.settings import settings

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. Text is a case-insensitive prefix, prices are inclusive."""

    brand: str | None = None
    name: str | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None


def page(filters: Filters, limit: int, after: UUID | None) -> tuple[list[Product], UUID | None]:
    """Return at most `limit` products, newest first, and the id to go on after.

    Each with the first of its pictures alone: the URLs of all would be more than Lambda answers.
    """
    kept = sa.select(products).where(products.c.deleted_at.is_(None))
    with reader() as db:
        found = listing.newest(db, kept, partial(_conditions, filters), limit + 1, after)
        rows = found[:limit]
        with_pictures = [row["id"] for row in rows if row["image_file_ids"]]
        ready = images.pictures(db, _first_pictures(with_pictures)) if with_pictures else {}
    shown = [_product(row, ready, most=1) for row in rows]
    return shown, found[limit - 1]["id"] if len(found) > limit else None


def _conditions(filters: Filters, columns: listing.Columns) -> listing.Conditions:
    conditions: listing.Conditions = []
    for column, prefix in ((columns.brand_key, filters.brand), (columns.name_key, filters.name)):
        if prefix:
            conditions.append(column.startswith(prefix.casefold(), autoescape=True))
    if filters.min_price is not None:
        conditions.append(columns.price >= filters.min_price)
    if filters.max_price is not None:
        conditions.append(columns.price <= filters.max_price)
    return conditions


def get(sku: str) -> Product:
    """Return the product of a SKU, however it is spelt; `Problem` not_found."""
    with reader() as db:
        return _one(db, _present(_find(db, products.c.sku_key == skus.key(sku))))


def version(sku: str) -> int:
    """Return the version of a SKU's product; `Problem` not_found."""
    with reader() as db:
        found: int = _present(_find(db, products.c.sku_key == skus.key(sku)))["version"]
    return found


def create(editor: UUID, new: NewProduct, once: Once | None = None) -> Product:
    """Make a product; `Problem` sku_taken, `Invalid` for pictures that are not the editor's."""
    values = {**_columns(new.model_dump()), "sku": new.sku, "sku_key": skus.key(new.sku)}
    now = clock.now()
    made = {"created_by": editor, "updated_by": editor, "created_at": now, "updated_at": now}
    row = {"id": clock.new_id(), **values, **made}
    try:
        with writer() as db:
            before = repeats.made_before(db, f"products:{editor}", once, row["id"])
            if before:
                # What has become of it since is shown, as every repetition shows it.
                return _one(db, _present(_find(db, products.c.id == before)))
            _require_own(db, editor, new.image_file_ids)
            found = _numbered(db, _inserted(db, row))
            told = history.record(db, "created", found, history.differences(None, found), editor)
            product = _one(db, found)
    except IntegrityError as error:
        if violated(error) != "products_sku_key_key":
            raise
        raise Problem("sku_taken") from error
    _tell(*told)
    return product


def _inserted(db: sa.Connection, row: Row) -> RowMapping:
    return db.execute(products.insert().values(row).returning(products)).mappings().one()


def _numbered(db: sa.Connection, row: RowMapping) -> RowMapping:
    """Go on with the versions of a SKU that was used before: no tag of it comes twice.

    Its new product must be there by now: nobody changes the one before any more.
    """
    # The highest one, not that of the last change: the clocks of two machines order no changes.
    last = db.execute(
        sa.select(sa.func.max(products.c.version))
        .join(changes, changes.c.product_id == products.c.id)
        .where(changes.c.sku_key == row["sku_key"])
    ).scalar()
    if last is None:
        return row
    update = products.update().where(products.c.id == row["id"]).values(version=last + 1)
    return db.execute(update.returning(products)).mappings().one()


def change(editor: UUID, sku: str, given: ProductChange, if_match: str | None) -> Product:
    """Change the fields of a product that were given, if `if_match` is the tag of its version.

    What changes nothing leaves everything as it was, and is told to nobody. Raises `Problem`
    not_found, precondition_required or precondition_failed, `Invalid` for pictures that are not the
    editor's.
    """
    values = _columns(given.model_dump(exclude_unset=True))
    with writer() as db:
        found = _find(db, products.c.sku_key == skus.key(sku), lock=True)
        _require_own(db, editor, values.get("image_file_ids", ()), found)
        row = _present(found)
        preconditions.require(if_match, row["version"])
        differences = history.differences(row, {**row, **values})
        if not differences:
            return _one(db, row)
        after = _update(db, row, editor, values)
        told = history.record(db, "updated", after, differences, editor)
        product = _one(db, after)
    _tell(*told)
    return product


def delete(editor: UUID, sku: str, if_match: str | None) -> None:
    """Delete a product; its history and views stay, and its SKU is free.

    Raises `Problem` not_found, or precondition_failed where `if_match` is given and of another
    version.
    """
    with writer() as db:
        row = _present(_find(db, products.c.sku_key == skus.key(sku), lock=True))
        if if_match is not None:
            preconditions.require(if_match, row["version"])
        _update(db, row, editor, {"deleted_at": clock.now()})
        told = history.record(db, "deleted", row, history.differences(row, None), editor)
    _tell(*told)


def product_changed(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: tell the worker that tells the admins."""
    aws.send(settings().notifications_queue_url, json.dumps(dict(payload)), brief=True)


def _tell(event: UUID, payload: Mapping[str, str]) -> None:
    # The change is made: that the others hear of it late is no error of this request.
    with suppress(Unavailable, Refused):
        product_changed(payload)
        outbox.done(event)


def changes_made() -> sa.Subquery:
    """Select all changes of all products, for a query of another room's."""
    return sa.select(changes).subquery("changes_made")


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    """Turn fields into columns: prices are numbers, and texts have keys to be found by."""
    values = dict(given)
    if "price" in given:
        values["price"] = Decimal(given["price"]["amount"])
        values["currency"] = given["price"]["currency"]
    keys = {f"{name}_key": given[name].casefold() for name in ("name", "brand") if name in given}
    return values | keys


def _require_own(
    db: sa.Connection, editor: UUID, file_ids: Sequence[UUID], row: RowMapping | None = None
) -> None:
    """Raise `Invalid` for pictures that are not the editor's, unless the product has them."""
    added = set(file_ids) - set(row["image_file_ids"] if row else ())
    strange = images.strangers(db, editor, added) if added else set()
    places = (at for at, file_id in enumerate(file_ids) if file_id in strange)
    if strange:
        message = "is not the id of a picture of yours"
        raise Invalid(*((pointer("image_file_ids", at), message) for at in places))


def _find(
    db: sa.Connection, condition: sa.ColumnElement[bool], *, lock: bool = False
) -> RowMapping | None:
    query = sa.select(products).where(condition, products.c.deleted_at.is_(None))
    return db.execute(query.with_for_update() if lock else query).mappings().one_or_none()


def _present(row: RowMapping | None) -> RowMapping:
    if row is None:
        raise Problem("not_found")
    return row


def _update(
    db: sa.Connection, row: RowMapping, editor: UUID, values: Mapping[str, Any]
) -> RowMapping:
    now = {"updated_by": editor, "updated_at": clock.now(), "version": row["version"] + 1}
    update = products.update().where(products.c.id == row["id"]).values({**values, **now})
    return db.execute(update.returning(products)).mappings().one()


def _one(db: sa.Connection, row: Row) -> Product:
    file_ids = row["image_file_ids"]
    return _product(row, images.pictures(db, file_ids) if file_ids else {})


def _product(row: Row, ready: Mapping[UUID, images.Picture], most: int | None = None) -> Product:
    """Show a product with those of its pictures that are ready, or the first of them."""
    price = {"amount": f"{row['price']:.2f}", "currency": row["currency"]}
    shown = [ready[file_id] for file_id in row["image_file_ids"] if file_id in ready][:most]
    return Product.model_validate({**row, "price": price, "images": shown or None})


def _first_pictures(product_ids: Sequence[UUID]) -> sa.Select[UUID]:
    """Select of each product the first picture that is ready.

    By the ids of the products, since those of all their pictures would be a statement of 200 KB.
    """
    unnested = sa.func.unnest(products.c.image_file_ids)
    column = sa.column("file_id", sa.Uuid)
    listed = unnested.table_valued(column, with_ordinality="place", name="listed").render_derived()
    ready = images.ready()
    first = (
        sa.select(ready.c.file_id)
        .select_from(listed.join(ready, ready.c.file_id == listed.c.file_id))
        .order_by(listed.c.place)
        .limit(1)
        .lateral("first")
    )
    found = sa.select(first.c.file_id).select_from(products.join(first, sa.true()))
    return found.where(products.c.id.in_(product_ids))
