"""Plans: what accounts may use. PostgreSQL is the truth, an item in DynamoDB what uploads know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError

from fragua import aws, clock
from fragua.accounts import store
from fragua.accounts.schemas import NewPlan, Plan, PlanChange
from fragua.accounts.tables import plan_versions, plans, users
from fragua.database import outbox, reader, repeats, writer
from fragua.errors import Problem, Unavailable
from fragua.idempotency import Once
from fragua.settings import settings

# Event of this room in the outbox.
PLAN_CHANGED = "plan_changed"

# Every new account is on it.
FIRST = "basic"


def page(limit: int, after: str | None) -> tuple[list[Plan], str | None]:
    """Return at most `limit` plans by name, and the name to go on after."""
    query = sa.select(plans).order_by(plans.c.name).limit(limit + 1)
    if after is not None:
        query = query.where(plans.c.name > after)
    with reader() as db:
        found = [Plan.model_validate(row) for row in db.execute(query).mappings()]
    return found[:limit], found[limit - 1].name if len(found) > limit else None


def names(db: sa.Connection, prefix: str) -> Sequence[str]:
    """Return the names of the plans that begin with a prefix."""
    found = sa.select(plans.c.name).where(plans.c.name.startswith(prefix, autoescape=True))
    return db.execute(found).scalars().all()


def exists(name: str) -> bool:
    """Tell whether there is a plan of this name."""
    with writer() as db:
        return _find(db, name) is not None


def create(creator: UUID, new: NewPlan, once: Once | None = None) -> Plan:
    """Make a plan; `Problem` plan_exists."""
    try:
        with writer() as db:
            # A plan has no id but its name, which the same request names again.
            if repeats.made_before(db, f"plans:{creator}", once, clock.new_id()):
                return _shown_again(db, new.name)
            add = plans.insert().values(new.model_dump()).returning(plans)
            row = db.execute(add).mappings().one()
            event, payload = _changed(db, new.name)
    except IntegrityError as error:
        raise Problem("plan_exists") from error
    return _follow(event, payload, row)


def _shown_again(db: sa.Connection, name: str) -> Plan:
    """Show a plan to whoever sent its creation twice: the first time may have died half-way."""
    row = _find(db, name)
    if row:
        store.write_plan(row)
    return _shown(row)


def change(name: str, given: PlanChange) -> Plan:
    """Change the fields of a plan that were given, for everybody on it; `Problem` not_found."""
    values = given.model_dump(exclude_unset=True)
    with writer() as db:
        before = _shown(_find(db, name, lock=True))
        if not values:
            return before
        heights = values.get("thumbnail_heights", before.thumbnail_heights)
        values["version"] = plan_versions.next_value()
        update = plans.update().where(plans.c.name == name).values(values).returning(plans)
        row = db.execute(update).mappings().one()
        event, payload = _changed(db, name, heights=heights != before.thumbnail_heights)
    return _follow(event, payload, row)


def delete(name: str) -> None:
    """Delete a plan that no account is on; `Problem` not_found or plan_in_use."""
    if name == FIRST:
        raise Problem("plan_in_use")
    try:
        with writer() as db:
            # A deleted account keeps its plan's name, which nobody needs any more.
            gone = sa.and_(users.c.plan == name, users.c.deleted_at.is_not(None))
            db.execute(users.update().where(gone).values(plan=FIRST))
            if not db.execute(plans.delete().where(plans.c.name == name)).rowcount:
                raise Problem("not_found")
    except IntegrityError as error:
        raise Problem("plan_in_use") from error


def of(db: sa.Connection, user_id: UUID, *, lock: bool = False) -> RowMapping:
    """Return the plan of an account, on a connection of the caller's.

    With `lock` it stays as it is until the transaction ends. Raises `Unavailable` where a replica
    does not have the account yet.
    """
    query = sa.select(plans).join(users, users.c.plan == plans.c.name)
    query = query.where(users.c.id == user_id)
    if lock:
        query = query.with_for_update(read=True, of=plans)
    found = db.execute(query).mappings().one_or_none()
    if found is None:
        raise Unavailable("database")
    return found


def sharing() -> sa.Select[UUID]:
    """Select the ids of the accounts whose links work now, for a condition of the caller's."""
    alive = (users.c.active, users.c.deleted_at.is_(None), plans.c.temporary_links)
    return sa.select(users.c.id).join(plans, users.c.plan == plans.c.name).where(*alive)


def heights(plan: str | None = None) -> sa.Subquery:
    """Select `user_id` and `thumbnail_heights` of all accounts, or of those on a plan."""
    wanted = sa.select(users.c.id.label("user_id"), plans.c.thumbnail_heights)
    joined = wanted.join(plans, users.c.plan == plans.c.name)
    return (joined.where(plans.c.name == plan) if plan else joined).subquery("heights")


def write_all() -> None:
    """Bring the items of all plans up to date, after a migration brought plans of its own."""
    # A replica may not have come to the migration yet.
    with writer() as db:
        rows = db.execute(sa.select(plans)).mappings().all()
    for row in rows:
        store.write_plan(row)


def plan_changed(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: bring the item up to date, have missing thumbnails made."""
    with writer() as db:
        row = _find(db, payload["plan"])
    if row is None:
        return
    store.write_plan(row)
    if payload["heights"]:
        have_thumbnails_made(row["name"])


def have_thumbnails_made(name: str, **whose: str) -> None:
    """Have the missing thumbnails of a plan made, everybody's or of one `owner_id` alone."""
    aws.send(settings().backlog_queue_url, json.dumps({"plan": name, **whose}))


def _find(db: sa.Connection, name: str, *, lock: bool = False) -> RowMapping | None:
    query = sa.select(plans).where(plans.c.name == name)
    return db.execute(query.with_for_update() if lock else query).mappings().one_or_none()


def _shown(row: RowMapping | None) -> Plan:
    if row is None:
        raise Problem("not_found")
    return Plan.model_validate(row)


def _changed(db: sa.Connection, name: str, *, heights: bool = False) -> tuple[UUID, dict[str, Any]]:
    payload = {"plan": name, "heights": heights}
    return outbox.add(db, PLAN_CHANGED, payload), payload


def _follow(event: UUID, payload: dict[str, Any], row: RowMapping) -> Plan:
    """Do at once what a committed change asks for; if it fails, the sweeper does it."""
    plan_changed(payload)
    outbox.done(event)
    return Plan.model_validate(row)
