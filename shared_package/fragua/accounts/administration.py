"""Other people's accounts: superadmins make, change and delete them, admins read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fragua import clock
from fragua.accounts import passwords, plans, users
from fragua.accounts.schemas import NewAccount, NewUser, Superadmin, User, UserChange
from fragua.accounts.store import Role
from fragua.accounts.tables import users as table
from fragua.database import listing, outbox, reader, writer
from fragua.errors import Problem, Refused, Unavailable
from fragua.idempotency import Once

# Event of this room in the outbox.
PLAN_TAKEN = "plan_taken"

_ACTIVE = (table.c.role == "superadmin", table.c.active, table.c.deleted_at.is_(None))
_SUPERADMINS = sa.select(table.c.id).where(*_ACTIVE).order_by(table.c.id)


@dataclass(frozen=True)
class Filters:
    """What the list of users is narrowed to: case-insensitive prefixes."""

    email: str | None = None
    role: str | None = None
    plan: str | None = None


def page(filters: Filters, limit: int, after: UUID | None) -> tuple[list[User], UUID | None]:
    """Return at most `limit` users, newest first, and the id to go on after."""
    kept = sa.select(table).where(table.c.deleted_at.is_(None))
    with reader() as db:
        on_plans = plans.names(db, filters.plan.casefold()) if filters.plan else []
        narrowed = partial(_conditions, filters, on_plans)
        rows = listing.newest(db, kept, narrowed, limit + 1, after)
    found = [User.model_validate(row) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


def _conditions(
    filters: Filters, on_plans: Sequence[str], columns: listing.Columns
) -> listing.Conditions:
    conditions: listing.Conditions = []
    if filters.email:
        prefix = users.email_key(filters.email)
        conditions.append(columns.email_key.startswith(prefix, autoescape=True))
    if filters.role:
        role = filters.role.casefold()
        conditions.append(columns.role.in_([r for r in get_args(Role) if r.startswith(role)]))
    if filters.plan:
        conditions.append(columns.plan.in_(on_plans))
    return conditions


def create(creator: UUID, new: NewUser, once: Once | None = None) -> User:
    """Create an account; `Problem` email_taken, `Invalid` for a plan that there is not."""
    row = users.new_row(new, new.role, new.plan)
    try:
        return User.model_validate(users.insert(row, f"users:{creator}", once))
    except Problem as problem:
        # PostgreSQL names one fault; what is wrong in the body comes first.
        if problem.code == "email_taken" and not plans.exists(new.plan):
            raise users.no_plan() from problem
        raise


def change(user_id: UUID, given: UserChange) -> User:
    """Change what was given of an account, as of its next request.

    Raises `Problem` not_found or last_superadmin, `Invalid` for a plan that there is not.
    """
    values = given.model_dump(exclude_unset=True)
    if "plan" in values and not plans.exists(values["plan"]):
        raise users.no_plan()
    with writer() as db:
        # Before its own row: all that lock superadmins begin with the lowest id.
        if values.get("role", "superadmin") != "superadmin" or not values.get("active", True):
            _keep_a_superadmin(db, user_id)
        before = users.present(users.find(db, table.c.id == user_id, lock=True))
        if not values:
            return User.model_validate(before)
        event = _update(db, user_id, values)
        moved = _plan_taken(db, user_id, values.get("plan", before["plan"]), before["plan"])
    row = users.follow(event, user_id)
    if moved:
        # Thumbnails of the new plan may be late.
        with suppress(Unavailable, Refused):
            plan_taken(moved[1])
            outbox.done(moved[0])
    return User.model_validate(users.present(row))


def delete(user_id: UUID) -> None:
    """Delete an account: its sessions end, its e-mail address is free, what it made stays.

    Raises `Problem` not_found or last_superadmin.
    """
    gone = {"deleted_at": clock.now(), "active": False}
    event = None
    with writer() as db:
        if users.find(db, table.c.id == user_id):
            _keep_a_superadmin(db, user_id)
            event = _update(db, user_id, gone | {"session_epoch": table.c.session_epoch + 1})
    if event is None:
        # Whoever asks again may have got no answer: then this ends the sessions.
        users.write_through(user_id)
        raise Problem("not_found")
    users.follow(event, user_id)


def _update(db: sa.Connection, user_id: UUID, values: dict[str, Any]) -> UUID:
    """Change a row, unless it was deleted meanwhile; return the event to follow."""
    alive = (table.c.id == user_id, table.c.deleted_at.is_(None))
    changed = users.keyed(values) | {"version": table.c.version + 1}
    update = table.update().where(*alive).values(changed)
    try:
        if not db.execute(update).rowcount:
            raise Problem("not_found")
    except IntegrityError as error:
        raise users.refused(error) from error
    return users.changed(db, user_id)


def _keep_a_superadmin(db: sa.Connection, user_id: UUID) -> None:
    """Let the superadmins be as they are until the transaction ends; `Problem` last_superadmin.

    Whoever takes the role from another one meanwhile waits here, always for the lowest id first,
    and then sees what has become of it.
    """
    if set(db.execute(_SUPERADMINS.with_for_update(key_share=True)).scalars()) == {user_id}:
        raise Problem("last_superadmin")


def _plan_taken(
    db: sa.Connection, user_id: UUID, plan: str, before: str
) -> tuple[UUID, dict[str, str]] | None:
    if plan == before:
        return None
    payload = {"user_id": str(user_id), "plan": plan}
    return outbox.add(db, PLAN_TAKEN, payload), payload


def plan_taken(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: have thumbnails made that an account's new plan has."""
    plans.have_thumbnails_made(payload["plan"], owner_id=payload["user_id"])


def make_superadmin(new: Superadmin) -> tuple[UUID | None, bool]:
    """Make somebody a superadmin; return the account's id and whether it was created.

    A new account needs a password: without one there is no id, and nothing was done. An account
    that there is must have the password that is given: whoever registered the address first may be
    somebody else (`Problem` email_taken). With `only_first` nothing is done where there is a
    superadmin, whose id is returned.
    """
    found = _first() if new.only_first else None
    found = found or _promote(new)
    if found or new.password is None:
        return found, False
    account = NewAccount(
        email=new.email, password=new.password, first_name="Super", last_name="Admin"
    )
    row = users.new_row(account, "superadmin", plans.FIRST)
    return users.insert(row, "", None)["id"], True


def _first() -> UUID | None:
    with writer() as db:
        return db.execute(_SUPERADMINS.limit(1)).scalar()


def _promote(new: Superadmin) -> UUID | None:
    with writer() as db:
        row = users.find(db, table.c.email_key == users.email_key(new.email))
        if row is None:
            return None
        if new.password and not passwords.matches(new.password, row["password_hash"]):
            raise Problem("email_taken", "There is an account already, with another password.")
        event = _update(db, row["id"], {"role": "superadmin", "active": True})
    users.follow(event, row["id"])
    user_id: UUID = row["id"]
    return user_id
