"""Use cases of notifications: all other admins are told of each change of a product."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert

from fragua import clock
from fragua.accounts import service as accounts
from fragua.catalog import service as catalog
from fragua.database import reader, writer
from fragua.errors import Problem
from fragua.notifications.schemas import Notification
from fragua.notifications.tables import notifications

log = logging.getLogger("fragua")

_CHANGES = catalog.changes_made()


def tell_admins(history_id: UUID) -> None:
    """Tell all admins but the one who made a change; harmless to repeat.

    Raises `Unavailable` while the queue of the mails is down; who was told by then is told once.
    """
    with writer() as db:
        query = sa.select(_CHANGES).where(_CHANGES.c.id == history_id)
        change = db.execute(query).mappings().one_or_none()
        if change is None:
            log.warning("not a change of ours", extra={"history_id": str(history_id)})
            return
        others = [each for each in accounts.admins(db) if each != change["changed_by"]]
        _add(db, history_id, others)


def _add(db: sa.Connection, history_id: UUID, user_ids: Sequence[UUID]) -> None:
    now = clock.now()
    rows = [
        {"id": clock.new_id(), "user_id": user_id, "history_id": history_id, "created_at": now}
        for user_id in user_ids
    ]
    if rows:
        db.execute(insert(notifications).values(rows).on_conflict_do_nothing())


def page(user_id: UUID, limit: int, after: UUID | None) -> tuple[list[Notification], UUID | None]:
    """Return at most `limit` of the own notifications, newest first, and the id to go on after."""
    query = (
        sa.select(
            notifications,
            ("product_" + _CHANGES.c.action).label("kind"),
            *(_CHANGES.c[name] for name in ("sku", "changed_by", "changes")),
        )
        .join(_CHANGES, _CHANGES.c.id == notifications.c.history_id)
        .where(notifications.c.user_id == user_id)
    )
    if after:
        query = query.where(notifications.c.id < after)
    ordered = query.order_by(notifications.c.id.desc()).limit(limit + 1)
    with reader() as db:
        rows: Sequence[RowMapping] = db.execute(ordered).mappings().all()
    found = [Notification.model_validate(row) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


def mark_read(user_id: UUID, notification_id: UUID) -> None:
    """Mark one of the own notifications as read, once; `Problem` not_found."""
    own = (notifications.c.user_id == user_id, notifications.c.id == notification_id)
    read_at = sa.func.coalesce(notifications.c.read_at, clock.now())
    with writer() as db:
        if not db.execute(notifications.update().where(*own).values(read_at=read_at)).rowcount:
            raise Problem("not_found")
