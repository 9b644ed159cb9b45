"""Rows of users and their items in DynamoDB: what the room's use cases share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError

from fragua import clock
from fragua.accounts import passwords, sessions, store
from fragua.accounts.schemas import NewAccount
from fragua.accounts.tables import users
from fragua.database import outbox, repeats, writer
from fragua.database.engine import violated
from fragua.errors import Invalid, Problem
from fragua.idempotency import Once

# Event of this room in the outbox.
ACCOUNT_CHANGED = "account_changed"


@dataclass(frozen=True)
class Kept:
    """A session that goes on in the epoch that its account begins; a later one ends it, too."""

    session_id: UUID
    epoch: int


def email_key(email: str) -> str:
    """Return what two spellings of an e-mail address have in common."""
    return email.casefold()


def new_row(new: NewAccount, role: str, plan: str) -> dict[str, Any]:
    """Make the row of a user who is to be."""
    return {
        **keyed(new.model_dump(exclude={"password"})),
        "id": clock.new_id(),
        "email_key": email_key(new.email),
        "password_hash": passwords.hash_password(new.password),
        "role": role,
        "plan": plan,
        "created_at": clock.now(),
    }


def keyed(values: dict[str, Any]) -> dict[str, Any]:
    """Add to fields of a profile the key that people are found by."""
    city = values.get("city")
    return values | ({"city_key": city and city.casefold()} if "city" in values else {})


def made_before(scope: str, once: Once | None) -> RowMapping | None:
    """Return the user that the same request has made, if it has a key and has been here."""
    if once is None:
        return None
    with writer() as db:
        made = repeats.kept(db, scope, once)
    return present(write_through(made)) if made else None


def insert(row: dict[str, Any], scope: str, once: Once | None) -> RowMapping:
    """Create a user, and its item; `Problem` email_taken.

    Shows the one that the same request made before: its answer got lost.
    """
    try:
        user_id, event = _insert(row, scope, once)
    except IntegrityError as error:
        raise refused(error) from error
    return follow(event, user_id) if event else present(write_through(user_id))


def _insert(row: dict[str, Any], scope: str, once: Once | None) -> tuple[UUID, UUID | None]:
    with writer() as db:
        if made := repeats.made_before(db, scope, once, row["id"]):
            return made, None
        db.execute(users.insert().values(row))
        return row["id"], changed(db, row["id"])


def refused(error: IntegrityError) -> Exception:
    """Tell what PostgreSQL has against a row of a user."""
    said = {"users_plan_fkey": no_plan(), "users_email_key_key": Problem("email_taken")}
    return said.get(violated(error), error)


def no_plan() -> Invalid:
    """Return the `Problem` of a plan that there is not."""
    return Invalid(("/plan", "is not the name of a plan"))


def find(
    db: sa.Connection, condition: sa.ColumnElement[bool], *, lock: bool = False
) -> RowMapping | None:
    """Read one user who is not deleted; with `lock` nobody else changes the row meanwhile."""
    query = sa.select(users).where(condition, users.c.deleted_at.is_(None))
    query = query.with_for_update(key_share=True) if lock else query
    return db.execute(query).mappings().one_or_none()


def present(row: RowMapping | None) -> RowMapping:
    """Return a row that is there, and not of a deleted user; `Problem` not_found."""
    if row is None or row["deleted_at"] is not None:
        raise Problem("not_found")
    return row


def changed(db: sa.Connection, user_id: UUID, keep: Kept | None = None) -> UUID:
    """Write down that an account's item must follow, in the transaction that changes its row.

    Counts once the event that this returns is followed, after the commit.
    """
    kept = {"keep": str(keep.session_id), "epoch": keep.epoch} if keep else {}
    return outbox.add(db, ACCOUNT_CHANGED, {"user_id": str(user_id), **kept})


def follow(event: UUID, user_id: UUID, keep: Kept | None = None) -> RowMapping:
    """Do at once what a committed change asks for; if it fails, the sweeper does it."""
    row = write_through(user_id, keep)
    outbox.done(event)
    return row


def write_through(user_id: UUID, keep: Kept | None = None) -> RowMapping:
    """Bring an account's item up to date with its row, deleted or not; return the row."""
    with writer() as db:
        query = sa.select(users).where(users.c.id == user_id)
        row = db.execute(query).mappings().one_or_none()
    if row is None:
        raise Problem("not_found")
    if keep:
        store.move_session(keep.session_id, keep.epoch)
    store.write_through(row)
    # The change counts from the account's next request on, also in what that reads of a replica.
    sessions.note(user_id)
    return row
