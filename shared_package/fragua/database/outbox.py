"""What must follow a commit, written in the same transaction, done right after it.

The one who wrote a row does its work at once and deletes it. If that fails, or the process dies,
the sweeper finds the row a little later: every effect may therefore happen twice, and must not
mind. It is done in the name of the request that wrote the row, whoever does it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from fragua import clock, correlation
from fragua.database.engine import writer
from fragua.database.metadata import metadata
from fragua.errors import level
from fragua.settings import settings

log = logging.getLogger("fragua")

Payload = Mapping[str, Any]

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # Of the request that wrote it; none where a release did that which knew no such column.
    sa.Column("request_id", sa.Text),
)

# Seconds that the writer of a row has for itself before the sweeper looks at it.
_GRACE = 30


def add(db: sa.Connection, kind: str, payload: Payload, *, grace: float | None = None) -> UUID:
    """Write an event into the transaction of the change that it follows; return its id.

    The sweeper comes after half a minute, or after `grace` real seconds where the writer's own work
    takes its time whatever the time scale.
    """
    event_id = clock.new_id()
    due_at = clock.now() + timedelta(seconds=grace or settings().scaled(_GRACE))
    row = {"id": event_id, "kind": kind, "payload": dict(payload), "due_at": due_at}
    db.execute(outbox.insert().values(row | {"request_id": correlation.request_id()}))
    return event_id


def done(event_id: UUID) -> None:
    """Forget an event whose work is done."""
    with writer() as db:
        forget(db, event_id)


def forget(db: sa.Connection, event_id: UUID) -> None:
    """Forget an event in the transaction that does its work."""
    db.execute(outbox.delete().where(outbox.c.id == event_id))


def sweep(
    do: Callable[[str, Payload], None], limit: int = 100, seconds: float = 90
) -> tuple[int, list[Exception]]:
    """Do the work of events that are due, oldest first; return how many were done, and the errors.

    An event whose work raises stays, and is due again later: after 30 s, doubling up to an hour.
    So is one that is not begun after so many seconds, since the others took their time.
    """
    finished, errors, end = 0, list[Exception](), time.monotonic() + seconds
    for event_id, kind, payload, request_id in _claim(limit):
        if time.monotonic() > end:
            break
        with correlation.caused_by(request_id):
            try:
                do(kind, payload)
            # One event that can't be done must not keep the others waiting.
            except Exception as error:
                log.log(level(error), "left undone", extra={"kind": kind}, exc_info=error)
                errors.append(error)
            else:
                done(event_id)
                finished += 1
    return finished, errors


def _claim(limit: int) -> list[tuple[UUID, str, Payload, str | None]]:
    """Move due events to their next try, so that two sweepers do not take the same ones."""
    due = (
        sa.select(outbox.c.id)
        .where(outbox.c.due_at <= clock.now())
        .order_by(outbox.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # Not a plain subquery: in a nested loop that runs anew for every row, past its limit.
        .cte("due")
    )
    pause = sa.func.least(3600, _GRACE * sa.func.power(2, sa.func.least(outbox.c.attempts, 7)))
    later = clock.now() + sa.func.make_interval(
        0, 0, 0, 0, 0, 0, pause / sa.cast(settings().time_scale, sa.Float)
    )
    with writer() as db:
        claimed = db.execute(
            outbox.update()
            .where(outbox.c.id == due.c.id)
            .values(attempts=outbox.c.attempts + 1, due_at=later)
            .returning(outbox.c.id, outbox.c.kind, outbox.c.payload, outbox.c.request_id)
        ).all()
    return sorted((row.id, row.kind, row.payload, row.request_id) for row in claimed)
