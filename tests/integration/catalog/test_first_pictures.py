"""The list shows one picture of each product, and costs no more where they have many."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua import clock
from fragua.catalog.tables import products
from fragua.database import writer
from fragua.database.engine import engine
from fragua.images.tables import images
from tests.support.backend import Client
from tests.support.catalog import new_admin, new_sku
from tests.support.rows import add_rows
from tests.support.rows import row as file_row
from tests.support.statements import explain, rows_read, statements

# Bytes of a statement that RDS Proxy does not keep a connection for.
UNPINNED = 16 * 1024


@pytest.fixture
def admin(backend: dict[str, str]) -> Client:
    return new_admin()


def image(file_id: UUID) -> dict[str, Any]:
    """Make a row of a picture with a thumbnail."""
    thumbnail = {"height": 200, "width": 4, "content_type": "image/webp", "size": 1}
    return {
        "file_id": file_id,
        "status": "ready",
        "width": 10,
        "height": 500,
        "format": "png",
        "heights": [200],
        "thumbnails": [{**thumbnail, "object_key": f"thumbnails/{file_id}/200.webp"}],
    }


def product(admin: Client, brand: str, file_ids: list[UUID]) -> dict[str, Any]:
    sku, now = new_sku(), clock.now()
    return {
        "id": clock.new_id(),
        "sku": sku,
        "sku_key": sku.casefold(),
        "image_file_ids": file_ids,
        "name": "Anvil",
        "name_key": "anvil",
        "brand": brand,
        "brand_key": brand.casefold(),
        "price": 1,
        "currency": "USD",
        "created_at": now,
        "updated_at": now,
        **dict.fromkeys(("created_by", "updated_by"), UUID(admin.user_id)),
    }


def filled(admin: Client, brand: str, number: int, pictures: int, unready: int) -> list[UUID]:
    """Make products of a brand, each of so many pictures; return the first that are ready."""
    files = [file_row(admin.user_id, detected_type="image/png") for _ in range(number * pictures)]
    ids = [file["id"] for file in files]
    each = [ids[at : at + pictures] for at in range(0, len(ids), pictures)]
    add_rows(files)
    with writer() as db:
        db.execute(images.insert(), [image(file_id) for own in each for file_id in own[unready:]])
        db.execute(products.insert(), [product(admin, brand, own) for own in each])
        db.execute(sa.text("analyze products, files, images"))
    return [own[unready] for own in reversed(each)]


def size(statement: str, parameters: Any) -> int:
    """Return the bytes of a statement with its parameters in it, as it is sent."""
    with engine().connect() as db:
        cursor: Any = db.connection.cursor()
        return len(cursor.mogrify(statement, parameters))


def test_a_page_of_products_with_many_pictures_asks_and_shows_little(admin: Client) -> None:
    brand = new_sku()
    first = filled(admin, brand, number=200, pictures=20, unready=2)
    with statements() as sent:
        query = {"limit": "200", "brand": brand}
        answer = Client().call("catalog.list", "GET", "/v1/products", query=query)
    shown = [[picture["file_id"] for picture in each["images"]] for each in answer.body["items"]]
    assert shown == [[str(file_id)] for file_id in first]
    assert max(size(*each) for each in sent) < UNPINNED
    # Of each product its row, and of each of its pictures the file and the picture at most.
    read = sum(rows_read(explain(*each)) for each in sent)
    assert read < 200 * (3 + 20 * 3)
    # Lambda answers at most 6 MB.
    assert len(json.dumps(answer.body)) < 1_000_000
