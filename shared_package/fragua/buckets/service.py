"""Use cases of buckets. Each is in two stores, and the row says how far it has come.

making -> ready -> dropping -> gone. A row that is not `ready` has an event in the outbox, so that
whoever died on the way is followed by the sweeper: what was being made is taken back, what was
being dropped is dropped.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError

from fragua import clock
from fragua.accounts import plans, quota
from fragua.accounts import service as accounts
from fragua.buckets import storage
from fragua.buckets.schemas import Bucket
from fragua.buckets.tables import buckets
from fragua.database import outbox, reader, repeats, writer
from fragua.errors import Problem, Refused, Unavailable
from fragua.files import service as files
from fragua.idempotency import Once, in_progress
from fragua.settings import settings
from fragua.uploads import service as uploads

# Event of this room in the outbox.
BUCKET_UNSETTLED = "bucket_unsettled"

# Seconds that whoever makes or drops a bucket has for it: a function that answers lives for 29.
_GRACE = 60
# Thousands of objects that a request deletes; the sweeper comes for the rest.
_PAGES = 4
# Of one try of the sweeper's, which has others waiting: the event is due again for the rest.
_SWEPT_PAGES = 30


def page(owner_id: UUID, limit: int, after: UUID | None) -> tuple[list[Bucket], UUID | None]:
    """Return at most `limit` of the own buckets and the default one, and the id to go on after."""
    seen = sa.or_(buckets.c.owner_id == owner_id, buckets.c.name == quota.DEFAULT)
    query = sa.select(buckets).where(seen, buckets.c.state == "ready")
    if after:
        query = query.where(buckets.c.id < after)
    with reader() as db:
        rows = db.execute(query.order_by(buckets.c.id.desc()).limit(limit + 1)).mappings().all()
    return [Bucket.of(row) for row in rows[:limit]], rows[limit - 1]["id"] if rows[limit:] else None


def create(owner_id: UUID, name: str, once: Once | None = None) -> Bucket:
    """Make a bucket; `Problem` bucket_exists, bucket_limit or in_progress."""
    row: dict[str, Any] = {
        "id": clock.new_id(),
        "name": name,
        "owner_id": owner_id,
        "s3_name": f"{settings().bucket_prefix}{secrets.token_hex(10)}",
        "state": "making",
        "created_at": clock.now(),
    }
    bucket_id, event = _begin(row, once)
    if event is None:
        # The first sending may have died before the account was told.
        accounts.renew(owner_id)
        return _made(bucket_id)
    try:
        storage.make(row["s3_name"])
        _open(row, event)
    except Exception:
        # S3 is not asked once more: it may be what does not answer, and what it did not answer to
        # may still arrive. The sweeper comes after that.
        with suppress(Unavailable):
            _erase(row, "making")
        raise
    return _made(bucket_id)


def _begin(row: dict[str, Any], once: Once | None) -> tuple[UUID, UUID | None]:
    """Write the row and the event that looks after it; return both ids.

    No event where the same request did so before.
    """
    owner_id = row["owner_id"]
    try:
        with writer() as db:
            if made := repeats.made_before(db, _scope(owner_id), once, row["id"]):
                return made, None
            accounts.hold(db, owner_id)
            own = sa.select(sa.func.count()).where(buckets.c.owner_id == owner_id)
            if db.execute(own).scalar_one() >= plans.of(db, owner_id)["max_buckets"]:
                raise Problem("bucket_limit")
            db.execute(buckets.insert().values(row))
            return row["id"], _look_after(db, row)
    except IntegrityError as error:
        raise Problem("bucket_exists") from error


def _look_after(db: sa.Connection, row: Mapping[Any, Any]) -> UUID:
    payload = {"bucket_id": str(row["id"]), "s3_name": row["s3_name"]}
    return outbox.add(db, BUCKET_UNSETTLED, payload, grace=_GRACE)


def _erase(row: Mapping[Any, Any], state: str) -> bool:
    """Let go of a bucket in a state that takes no uploads; False when it is in another one.

    Its name is free then; who comes for what is left in S3 finds the name there in the event.
    """
    stands = sa.and_(buckets.c.id == row["id"], buckets.c.state == state)
    with writer() as db:
        erased = bool(db.execute(buckets.delete().where(stands)).rowcount)
        if erased and state == "making":
            repeats.forget(db, _scope(row["owner_id"]), row["id"])
    return erased


def _scope(owner_id: UUID) -> str:
    return f"buckets:{owner_id}"


def _made(bucket_id: UUID) -> Bucket:
    """Show a bucket that this request made, or the same request before."""
    with writer() as db:
        row = _find(db, buckets.c.id == bucket_id)
    if row is None:
        raise Problem("not_found")
    if row["state"] != "ready":
        raise in_progress()
    return Bucket.of(row)


def _find(db: sa.Connection, *conditions: sa.ColumnElement[bool]) -> RowMapping | None:
    return db.execute(sa.select(buckets).where(*conditions)).mappings().one_or_none()


def _open(row: dict[str, Any], event: UUID) -> None:
    """Let uploads into a bucket that was made; `Unavailable` when that took too long."""
    with writer() as db:
        if not _move(db, row, "making", "ready"):
            raise Unavailable("s3")
        outbox.forget(db, event)
        told = _tell(db, row["owner_id"])
    accounts.follow(told, row["owner_id"])


def _move(db: sa.Connection, row: Mapping[Any, Any], state: str, to: str) -> bool:
    """Move a bucket from one state to another; False when it was in none such."""
    # The account first, always: whoever makes another bucket of that name holds his own account and
    # waits for this row.
    accounts.hold(db, row["owner_id"])
    stands = sa.and_(buckets.c.id == row["id"], buckets.c.state == state)
    return bool(db.execute(buckets.update().where(stands).values(state=to)).rowcount)


def _tell(db: sa.Connection, owner_id: UUID) -> UUID:
    """Tell the account, which is held, what buckets take uploads; return the event to follow."""
    own = (buckets.c.owner_id == owner_id, buckets.c.state == "ready")
    entry = buckets.c.name + "/" + buckets.c.s3_name
    entries = db.execute(sa.select(entry).where(*own).order_by(buckets.c.id)).scalars().all()
    return accounts.set_buckets(db, owner_id, entries)


def drop(owner_id: UUID, name: str) -> None:
    """Remove an empty bucket; `Problem` not_found, forbidden or bucket_not_empty."""
    if name == quota.DEFAULT:
        raise Problem("forbidden", "The default bucket is everybody's.")
    with writer() as db:
        own = (buckets.c.owner_id == owner_id, buckets.c.name == name)
        row = _find(db, *own, buckets.c.state != "making")
    if row is None:
        raise Problem("not_found")
    # Whoever began to drop it may have got no answer, and asks again; that one's event stays.
    event = _close(row) if row["state"] == "ready" else None
    emptied = _shut(row)
    if event and emptied:
        # Nobody can reach it any more: that what follows is late is no error of this request.
        with suppress(Unavailable, Refused):
            storage.remove(row["s3_name"], _PAGES)
            outbox.done(event)
    elif event:
        outbox.done(event)
    if not emptied:
        raise Problem("bucket_not_empty")


def _close(row: RowMapping) -> UUID:
    """Begin to drop a bucket; return the event that looks after it.

    `Problem` bucket_not_empty, or not_found if somebody else was quicker.
    """
    if _in_use(row):
        raise Problem("bucket_not_empty")
    with writer() as db:
        if not _move(db, row, "ready", "dropping"):
            raise Problem("not_found")
        # The bucket's own event tells the account, too.
        outbox.forget(db, _tell(db, row["owner_id"]))
        return _look_after(db, row)


def _shut(row: RowMapping) -> bool:
    """Let go of a bucket that is being dropped, unless an upload slipped in; False for one.

    Two may come to this at once and see different things: the first one decides.
    """
    accounts.renew(row["owner_id"])
    if _in_use(row):
        _reopen(row)
    else:
        _erase(row, "dropping")
    with writer() as db:
        return _find(db, buckets.c.id == row["id"]) is None


def _reopen(row: RowMapping) -> None:
    with writer() as db:
        if not _move(db, row, "dropping", "ready"):
            return
        told = _tell(db, row["owner_id"])
    accounts.follow(told, row["owner_id"])


def _in_use(row: RowMapping) -> bool:
    # In this order: an upload that is no longer unfinished has its file in the table.
    place = (row["owner_id"], row["name"])
    return uploads.unfinished_in(*place) or files.any_in(*place)


def bucket_unsettled(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: bring a bucket that somebody left half done to its end."""
    with writer() as db:
        row = _find(db, buckets.c.id == UUID(payload["bucket_id"]))
    # What was not made in time is taken back; whoever still makes it finds that out.
    if row is None or _erase(row, "making") or (row["state"] == "dropping" and _shut(row)):
        storage.remove(payload["s3_name"], _SWEPT_PAGES)
