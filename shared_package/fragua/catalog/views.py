"""Views of products: each is a message, counted once, and nobody who looks waits for it.

What counts is a GET of a product by somebody without a valid token, unless its User-Agent says that
it is a robot or a monitor (`fragua.robots`). A message carries an id of its own, so that the queue
may deliver it twice; its day is that of the request, however late it is counted.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from fragua import aws, clock, metrics
from fragua.catalog import skus
from fragua.catalog.schemas import DayOfViews
from fragua.catalog.tables import counted_views, views
from fragua.database import reader, writer
from fragua.errors import Invalid, Refused, Unavailable
from fragua.settings import settings

log = logging.getLogger("fragua")

# SQS forgets a message after 14 days; but one that somebody puts back from the dead letters begins
# anew. What is older than we remember is not counted.
_REMEMBERED = timedelta(days=15)
# Ids that one statement forgets, and statements of one sweep: 5,000 views a second on average.
_BATCH, _STATEMENTS = 10_000, 30


def tell(sku: str) -> None:
    """Have a view counted. A queue that is down costs a metric, never the answer."""
    view = {"id": str(clock.new_id()), "sku": sku, "day": clock.now().date().isoformat()}
    try:
        aws.send(settings().views_queue_url, json.dumps(view), brief=True)
    except (Unavailable, Refused):
        # An error, since a metric must be written however little else is.
        log.exception("a view may be lost", extra=metrics.one("ViewsLost"))


def count(messages: Sequence[Mapping[str, Any]]) -> None:
    """Count views that were not counted yet, in one transaction."""
    told = {UUID(each["id"]): each for each in messages}
    for view_id in [each for each in told if _too_old(each)]:
        log.warning("too late to be counted", extra={"view_id": str(view_id)})
        del told[view_id]
    if not told:
        return
    # In one order, as all do it: two batches that share messages or products wait, and that's all.
    rows = [{"id": view_id, "counted_at": clock.now()} for view_id in sorted(told)]
    add = insert(counted_views).values(rows).on_conflict_do_nothing()
    with writer() as db:
        fresh = db.execute(add.returning(counted_views.c.id)).scalars().all()
        if fresh:
            _add(db, [told[view_id] for view_id in fresh])


def _too_old(view_id: UUID) -> bool:
    return clock.id_time(view_id) <= clock.now() - _REMEMBERED


def _add(db: sa.Connection, told: Sequence[Mapping[str, Any]]) -> None:
    spelt = {skus.key(each["sku"]): each["sku"] for each in told}
    numbers = Counter((dt.date.fromisoformat(each["day"]), skus.key(each["sku"])) for each in told)
    rows = [
        {"day": day, "sku_key": key, "sku": spelt[key], "views": number}
        for (day, key), number in sorted(numbers.items())
    ]
    add = insert(views).values(rows)
    more = {"views": views.c.views + add.excluded.views, "sku": add.excluded.sku}
    db.execute(add.on_conflict_do_update(index_elements=["day", "sku_key"], set_=more))


def report(
    begin: dt.date | None, end: dt.date | None, limit: int, after: str | None
) -> tuple[list[DayOfViews], str | None]:
    """Return at most `limit` rows of views from `begin` on and before `end`, the latest day first.

    And the place to go on after. `Invalid` for an end before the begin.
    """
    if begin and end and begin > end:
        raise Invalid(("/from", "must not be after `to`"))
    query = sa.select(views).where(*_between(begin, end, after))
    query = query.order_by(views.c.day.desc(), views.c.sku_key.desc()).limit(limit + 1)
    with reader() as db:
        rows = db.execute(query).mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = f"{last['day']}|{last['sku_key']}" if last else None
    return [DayOfViews.model_validate(row) for row in rows[:limit]], following


def _between(
    begin: dt.date | None, end: dt.date | None, after: str | None
) -> Iterator[sa.ColumnElement[bool]]:
    if begin:
        yield views.c.day >= begin
    if end:
        yield views.c.day < end
    if after:
        yield sa.tuple_(views.c.day, views.c.sku_key) < sa.tuple_(*_place(after))


def _place(after: str) -> tuple[dt.date, str]:
    day, bar, key = after.partition("|")
    try:
        if bar:
            return dt.date.fromisoformat(day), key
    except ValueError:
        pass
    raise Invalid(("/cursor", "is not a cursor that this list gave out"))


def sweep() -> int:
    """Forget ids whose messages can't come again, some at a time; return how many."""
    forgotten = 0
    for _ in range(_STATEMENTS):
        batch = _forget()
        forgotten += batch
        if batch < _BATCH:
            break
    return forgotten


def _forget() -> int:
    ended = (
        sa.select(counted_views.c.id)
        .where(counted_views.c.counted_at <= clock.now() - _REMEMBERED)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
        # Not a plain subquery: in a nested loop that runs anew for every row, past its limit.
        .cte("ended")
    )
    with writer() as db:
        return db.execute(counted_views.delete().where(counted_views.c.id == ended.c.id)).rowcount
