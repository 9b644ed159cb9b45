"""Accounts changed past the API: the routes that change other people's belong to a superadmin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fragua.accounts import service
from fragua.accounts.tables import users
from fragua.database import writer
from tests.support.backend import Client


def become(client: Client, **values: Any) -> None:
    """Give an account another role or plan, as of its next request."""
    user_id = UUID(client.user_id)
    with writer() as db:
        change = users.update().where(users.c.id == user_id)
        db.execute(change.values(values | {"version": users.c.version + 1}))
    service.renew(user_id)
