"""Plans as a superadmin keeps them, and what uploads know of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua.accounts.store import Limits
from fragua.accounts.tables import plans as table
from fragua.database import writer
from tests.support.accounts import become
from tests.support.backend import Answer, Client, new_client

PLANS = "/v1/plans"


def new_superadmin() -> Client:
    """Register somebody who may change plans."""
    client = new_client()
    become(client, role="superadmin")
    return client


def body(**changes: Any) -> dict[str, Any]:
    """Make a plan that nobody has yet, with some of its fields changed."""
    return {
        "name": f"p{uuid4().hex[:12]}",
        "thumbnail_heights": [200],
        "original_link": False,
        "temporary_links": False,
        "max_file_size": 100,
        "storage_quota": 1000,
        "max_buckets": 1,
        **changes,
    }


def create(client: Client, new: dict[str, Any], key: str | None = None) -> Answer:
    """Ask for a plan, whatever comes of it."""
    headers = {"idempotency-key": key} if key else {}
    return client.call("accounts.create_plan", "POST", PLANS, new, headers=headers)


def change(client: Client, name: str, **values: Any) -> Answer:
    """Ask for other fields of a plan, whatever comes of it."""
    return client.call("accounts.update_plan", "PATCH", f"{PLANS}/{name}", values)


def delete(client: Client, name: str) -> Answer:
    """Delete a plan, whatever comes of it."""
    return client.call("accounts.delete_plan", "DELETE", f"{PLANS}/{name}")


def row(name: str) -> RowMapping | None:
    """Return the row of a plan."""
    with writer() as db:
        found = db.execute(sa.select(table).where(table.c.name == name))
        return found.mappings().one_or_none()


def known(name: str) -> Limits | None:
    """Return what uploads know of a plan that has a row."""
    found = row(name)
    return Limits(found["max_file_size"], found["storage_quota"]) if found else None


def on(plan: str) -> Client:
    """Register somebody and put him on a plan."""
    client = new_client()
    become(client, plan=plan)
    return client


def ask(client: Client, size: int) -> Answer:
    """Try to reserve one upload of so many bytes."""
    new = {"file_name": "a", "size": size}
    return client.call("uploads.create", "POST", "/v1/uploads", {"files": [new]})
