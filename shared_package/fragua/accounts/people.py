"""What everybody may see of people who have something public, while they are in."""

from __future__ import annotations

import sqlalchemy as sa

from fragua.accounts.tables import users


def shown() -> sa.Subquery:
    """Select `user_id`, `name`, `city` and its key of all whose accounts are active.

    For a query of another room's.
    """
    name = (users.c.first_name + " " + users.c.last_name).label("name")
    query = sa.select(users.c.id.label("user_id"), name, users.c.city, users.c.city_key)
    return query.where(users.c.active, users.c.deleted_at.is_(None)).subquery("people")


def from_city(key: sa.ColumnElement[str], city: str | None) -> list[sa.ColumnElement[bool]]:
    """Make the conditions that a city's key begins with `city`, in any case; none without one."""
    return [key.startswith(city.casefold(), autoescape=True)] if city else []
