"""Idempotency keys of requests that create rows, kept in the transaction that creates them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from fragua import clock
from fragua.database.engine import writer
from fragua.database.metadata import metadata
from fragua.idempotency import LIFETIME, Once, in_progress
from fragua.settings import settings

repeats = sa.Table(
    "repeats",
    metadata,
    sa.Column("scope", sa.Text(collation="C"), primary_key=True),
    sa.Column("key", sa.Text(collation="C"), primary_key=True),
    sa.Column("mac", sa.Text, nullable=False),
    sa.Column("made_id", sa.Uuid, nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False, index=True),
)

# Rows that one sweep forgets at the most.
_BATCH = 1000


def made_before(db: sa.Connection, scope: str, once: Once | None, new_id: UUID) -> UUID | None:
    """Keep the id that a request is about to make, or return the one that it made before.

    Waits while another sending of the same request is under way: then that one has made it.
    Raises `Invalid` when the key stands for another request.
    """
    if once is None:
        return None
    now = clock.now()
    values = {
        "mac": once.mac(),
        "made_id": new_id,
        "ends_at": now + timedelta(seconds=settings().scaled(LIFETIME)),
    }
    keep = insert(repeats).values(scope=scope, key=once.key, **values)
    keep = keep.on_conflict_do_update(
        index_elements=[repeats.c.scope, repeats.c.key],
        set_=values,
        where=repeats.c.ends_at <= now,
    )
    if db.execute(keep.returning(repeats.c.made_id)).first():
        return None
    made = kept(db, scope, once)
    if made is None:
        # Its time ended just now.
        raise in_progress()
    return made


def kept(db: sa.Connection, scope: str, once: Once) -> UUID | None:
    """Return the id that a request has made; None where it has not, or is still under way.

    Raises `Invalid` when the key stands for another request.
    """
    same = (repeats.c.scope == scope, repeats.c.key == once.key, repeats.c.ends_at > clock.now())
    row = db.execute(sa.select(repeats.c.mac, repeats.c.made_id).where(*same)).one_or_none()
    if row is None:
        return None
    once.require_same(row.mac)
    made_id: UUID = row.made_id
    return made_id


def forget(db: sa.Connection, scope: str, made_id: UUID) -> None:
    """Let go of the key of what came to nothing after all: the same request may be tried again."""
    db.execute(repeats.delete().where(repeats.c.scope == scope, repeats.c.made_id == made_id))


def sweep() -> int:
    """Forget keys whose time is over, some at a time; return how many."""
    ended = (
        sa.select(repeats.c.scope, repeats.c.key)
        .where(repeats.c.ends_at <= clock.now())
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
        # Not a plain subquery: in a nested loop that runs anew for every row, past its limit.
        .cte("ended")
    )
    same = (repeats.c.scope == ended.c.scope) & (repeats.c.key == ended.c.key)
    with writer() as db:
        return db.execute(repeats.delete().where(same)).rowcount
