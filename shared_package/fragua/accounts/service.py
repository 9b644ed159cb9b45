"""Use cases of accounts that need PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua import clock, metrics
from fragua.accounts import (
    passwords,
    permissions,
    plans,
    sessions,
    store,
    throttle,
    tokens,
    users,
)
from fragua.accounts.schemas import ProfileChange, Registration, Tokens, User
from fragua.accounts.store import Session
from fragua.accounts.tables import users as table
from fragua.accounts.users import ACCOUNT_CHANGED, follow
from fragua.database import reader, writer
from fragua.errors import Problem
from fragua.idempotency import Once

__all__ = ["ACCOUNT_CHANGED", "follow"]  # Of the room's own, for others; and all below.


def register(new: Registration, address: str, once: Once | None = None) -> User:
    """Create an account on the plan `basic`; `Problem` email_taken or too_many_attempts."""
    email_key = users.email_key(new.email)
    scope = f"register:{email_key}"
    # Before it is counted: who asks again for what he has already tries nothing.
    if made := users.made_before(scope, once):
        return User.model_validate(made)
    # And counting comes before the password is hashed, which is what costs.
    throttle.count_registration(email_key, address)
    row = users.new_row(new, "user", plans.FIRST)
    return User.model_validate(users.insert(row, scope, once))


def login(email: str, password: str, address: str) -> Tokens:
    """Begin a session; `Problem` bad_credentials, account_disabled or too_many_attempts."""
    email_key = users.email_key(email)
    row = None
    # Before it is counted: a database that is down makes nobody a guesser.
    if not _unsearchable(email_key):
        with writer() as db:
            row = users.find(db, table.c.email_key == email_key)
    attempt = throttle.Attempt(email_key, address)
    _begin(attempt)
    if not passwords.matches(password, row["password_hash"] if row else None) or row is None:
        raise Problem("bad_credentials")
    attempt.succeed()
    if not row["active"]:
        raise Problem("account_disabled")
    # The epoch was read with the password hash: if either changed since, this session is stillborn.
    session = Session(
        session_id=clock.new_id(),
        user_id=row["id"],
        epoch=row["session_epoch"],
        generation=0,
        expires_at=int(clock.timestamp()) + tokens.lifetime("refresh"),
    )
    store.put_session(session)
    # Mends the item of an account whose write-through was cut off.
    store.write_through(row)
    sessions.note(row["id"])
    return _tokens(row, session.session_id, generation=0)


def _begin(attempt: throttle.Attempt) -> None:
    try:
        attempt.begin()
    except Problem as problem:
        if problem.code == "too_many_attempts":
            metrics.log("login refused", metrics.one("LoginsRefused"))
        raise


def refresh(refresh_token: str) -> Tokens:
    """Spend a refresh token for new tokens; `Problem` token_reused ends its session."""
    claims = tokens.read(refresh_token, "refresh")
    _, session = sessions.check(claims)
    # Before the token is spent: a database that is down must not cost the session. And from the
    # writer: who was deleted just now gets no new tokens.
    with writer() as db:
        row = users.find(db, table.c.id == claims.user_id)
    if row is None:
        raise Problem("session_ended")
    expires_at = int(clock.timestamp()) + tokens.lifetime("refresh")
    if session.generation != claims.generation or not store.rotate_session(
        claims.session_id, claims.generation, expires_at
    ):
        store.delete_session(claims.session_id)
        raise Problem("token_reused")
    return _tokens(row, claims.session_id, claims.generation + 1)


def logout(session: Session, *, everywhere: bool) -> None:
    """End a session, or all sessions of its account."""
    # This session last: if the others can't be ended now, its owner must be able to ask again.
    if everywhere:
        with writer() as db:
            _end_sessions(db, session.user_id)
            event = users.changed(db, session.user_id)
        users.follow(event, session.user_id)
    store.delete_session(session.session_id)


def change_password(session: Session, current: str, new: str, address: str) -> None:
    """Replace the password and end every other session; `Problem` bad_credentials (403)."""
    with writer() as db:
        row = users.find(db, table.c.id == session.user_id)
    attempt = throttle.Attempt(str(session.user_id), address)
    attempt.begin()
    if row is None or not passwords.matches(current, row["password_hash"]):
        raise Problem("bad_credentials", "The current password is wrong.", status=403)
    attempt.succeed()
    changed = table.update().values(password_hash=passwords.hash_password(new))
    # The condition lets one of two changes win that were both made from the same password.
    unchanged = (table.c.password_hash == row["password_hash"], table.c.deleted_at.is_(None))
    with writer() as db:
        if not db.execute(changed.where(table.c.id == session.user_id, *unchanged)).rowcount:
            raise Problem("bad_credentials", "The current password is wrong.", status=403)
        keep = users.Kept(session.session_id, _end_sessions(db, session.user_id))
        event = users.changed(db, session.user_id, keep)
    users.follow(event, session.user_id, keep)


def get(user_id: UUID) -> User:
    """Return a user; `Problem` not_found."""
    with reader() as db:
        row = users.find(db, table.c.id == user_id)
    return User.model_validate(users.present(row))


def update_profile(user_id: UUID, change: ProfileChange) -> User:
    """Change the fields of a profile that were given."""
    values = change.model_dump(exclude_unset=True)
    with writer() as db:
        if values:
            alive = (table.c.id == user_id, table.c.deleted_at.is_(None))
            db.execute(table.update().where(*alive).values(users.keyed(values)))
        # From the writer: a client reads what it just wrote.
        row = users.find(db, table.c.id == user_id)
    return User.model_validate(users.present(row))


def account_changed(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: bring the account's item up to date."""
    keep = payload.get("keep")
    kept = users.Kept(UUID(keep), payload["epoch"]) if keep else None
    users.write_through(UUID(payload["user_id"]), kept)


def renew(user_id: UUID) -> None:
    """Bring an account's item up to date with what is committed."""
    users.write_through(user_id)


def hold(db: sa.Connection, user_id: UUID) -> None:
    """Keep an account for the caller's transaction: its buckets are changed one at a time."""
    query = sa.select(table.c.id).where(table.c.id == user_id)
    db.execute(query.with_for_update(key_share=True))


def set_buckets(db: sa.Connection, user_id: UUID, entries: Sequence[str]) -> UUID:
    """Tell an account which buckets of its own take uploads (`name/name in S3`).

    Counts once the event that this returns is followed, after the commit.
    """
    values = {"buckets": list(entries), "version": table.c.version + 1}
    db.execute(table.update().where(table.c.id == user_id).values(values))
    return users.changed(db, user_id)


def admins(db: sa.Connection) -> dict[UUID, str]:
    """Return the ids and the e-mail addresses of the admins and superadmins who may come in."""
    active = (table.c.role.in_(permissions.ADMINS), table.c.active, table.c.deleted_at.is_(None))
    return dict(db.execute(sa.select(table.c.id, table.c.email).where(*active)).all())


def address(db: sa.Connection, user_id: UUID) -> str:
    """Return the e-mail address of an account, also of one that was deleted."""
    found: str = db.execute(sa.select(table.c.email).where(table.c.id == user_id)).scalar_one()
    return found


def _unsearchable(text: str) -> bool:
    """Tell what PostgreSQL can't even be asked for: nobody has such an address."""
    return "\0" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def _end_sessions(db: sa.Connection, user_id: UUID) -> int:
    """Begin a new epoch and return it: sessions of an earlier one are over."""
    next_epoch = {"session_epoch": table.c.session_epoch + 1, "version": table.c.version + 1}
    update = table.update().where(table.c.id == user_id).values(next_epoch)
    epoch: int = db.execute(update.returning(table.c.session_epoch)).scalar_one()
    return epoch


def _tokens(row: RowMapping, session_id: UUID, generation: int) -> Tokens:
    return Tokens(
        access_token=tokens.issue("access", row["id"], session_id, generation),
        token_type="Bearer",  # noqa: S106 - the name of the scheme, no secret
        expires_in=tokens.lifetime("access"),
        refresh_token=tokens.issue("refresh", row["id"], session_id, generation),
        refresh_expires_in=tokens.lifetime("refresh"),
        user=User.model_validate(row),
    )
