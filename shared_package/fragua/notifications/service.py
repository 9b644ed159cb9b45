"""Use cases of notifications: all other admins are told of each change of a product."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert

from fragua import clock
from fragua.accounts import service as accounts
from fragua.catalog import service as catalog
from fragua.database import reader, writer
from fragua.errors import Problem
from fragua.notifications import mail
from fragua.notifications.composing import Kind, Mail, Notice, compose
from fragua.notifications.schemas import Notification
from fragua.notifications.tables import notifications
from fragua.settings import settings

log = logging.getLogger("fragua")

_CHANGES = catalog.changes_made()


def tell_admins(history_id: UUID) -> None:
    """Tell all admins but the one who made a change, and have it mailed to them.

    Harmless to repeat: who was told is not told again, whose mail was handed over gets no other
    one. Raises `Unavailable` while the queue of the mails is down.
    """
    with writer() as db:
        query = sa.select(_CHANGES).where(_CHANGES.c.id == history_id)
        change = db.execute(query).mappings().one_or_none()
        if change is None:
            log.warning("not a change of ours", extra={"history_id": str(history_id)})
            return
        editor = accounts.address(db, change["changed_by"])
        addresses = accounts.admins(db)
        # In one order: two who tell the same at once wait for each other.
        _add(db, history_id, sorted(addresses.keys() - {change["changed_by"]}))
        waiting = _unmailed(db, history_id)
    log.info("admins told", extra={"history_id": str(history_id), "waiting": len(waiting)})
    if settings().mail_sender:
        to = {each: addresses[user_id] for each, user_id in waiting.items() if user_id in addresses}
        _mail(history_id, _composed(change, editor), to)


def _add(db: sa.Connection, history_id: UUID, user_ids: Sequence[UUID]) -> None:
    now = clock.now()
    rows = [
        {"id": clock.new_id(), "user_id": user_id, "history_id": history_id, "created_at": now}
        for user_id in user_ids
    ]
    if rows:
        db.execute(insert(notifications).values(rows).on_conflict_do_nothing())


def _unmailed(db: sa.Connection, history_id: UUID) -> dict[UUID, UUID]:
    """Return the notifications whose mail was not handed over, and whom they are for."""
    query = sa.select(notifications.c.id, notifications.c.user_id).where(
        notifications.c.history_id == history_id, notifications.c.mailed_at.is_(None)
    )
    return dict(db.execute(query).all())


def _composed(change: RowMapping, editor: str) -> Mail:
    kind, at = cast(Kind, f"product_{change['action']}"), change["changed_at"].isoformat()
    return compose(Notice(kind, change["sku"], editor, change["changes"], at))


def _mail(history_id: UUID, letter: Mail, addresses: Mapping[UUID, str]) -> None:
    for notification_id, to in addresses.items():
        mail.enqueue(notification_id, to, letter)
        # At once: whoever goes on after this worker died begins with the next one.
        done = (notifications.c.history_id == history_id, notifications.c.id == notification_id)
        with writer() as db:
            db.execute(notifications.update().where(*done).values(mailed_at=clock.now()))


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
