"""Use cases of accounts that need PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError

from fragua import clock
from fragua.accounts import passwords, plans, sessions, store, throttle, tokens
from fragua.accounts.schemas import ProfileChange, Registration, Tokens, User
from fragua.accounts.store import Session
from fragua.accounts.tables import users
from fragua.database import outbox, reader, repeats, writer
from fragua.errors import Problem
from fragua.idempotency import Once

# Events of this room in the outbox.
ACCOUNT_CHANGED = "account_changed"


def register(new: Registration, role: str = "user", once: Once | None = None) -> User:
    """Create an account on the plan `basic`; `Problem` email_taken."""
    row = {
        "id": clock.new_id(),
        "email_key": _email_key(new.email),
        "password_hash": passwords.hash_password(new.password),
        "role": role,
        "plan": plans.FIRST,
        "created_at": clock.now(),
        **new.model_dump(exclude={"password"}),
    }
    user_id, event = _insert(row, once)
    found = _write_through(user_id, None)
    if event:
        outbox.done(event)
    return User.model_validate(found)


def _insert(row: dict[str, Any], once: Once | None) -> tuple[UUID, UUID | None]:
    """Write a user and the event that follows; return both ids.

    No event where the same request made the user before: its answer got lost.
    """
    try:
        with writer() as db:
            made = repeats.made_before(db, f"register:{row['email_key']}", once, row["id"])
            if made:
                return made, None
            db.execute(users.insert().values(row))
            return row["id"], _changed(db, row["id"])
    except IntegrityError as error:
        raise Problem("email_taken") from error


def login(email: str, password: str, address: str) -> Tokens:
    """Begin a session; `Problem` bad_credentials, account_disabled or too_many_attempts."""
    email_key = _email_key(email)
    row = None
    # Before it is counted: a database that is down makes nobody a guesser.
    if not _unsearchable(email_key):
        with writer() as db:
            row = _find(db, users.c.email_key == email_key)
    attempt = throttle.Attempt(email_key, address)
    attempt.begin()
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
    return _tokens(row, session.session_id, generation=0)


def refresh(refresh_token: str) -> Tokens:
    """Spend a refresh token for new tokens; `Problem` token_reused ends its session."""
    claims = tokens.read(refresh_token, "refresh")
    _, session = sessions.check(claims)
    # Before the token is spent: a database that is down must not cost the session.
    with reader() as db:
        row = _find(db, users.c.id == claims.user_id)
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
            event = _end_sessions(db, session.user_id)
        follow(event, session.user_id)
    store.delete_session(session.session_id)


def change_password(session: Session, current: str, new: str, address: str) -> None:
    """Replace the password and end every other session; `Problem` bad_credentials (403)."""
    with writer() as db:
        row = _find(db, users.c.id == session.user_id)
    attempt = throttle.Attempt(str(session.user_id), address)
    attempt.begin()
    if row is None or not passwords.matches(current, row["password_hash"]):
        raise Problem("bad_credentials", "The current password is wrong.", status=403)
    attempt.succeed()
    changed = users.update().values(password_hash=passwords.hash_password(new))
    # The condition lets one of two changes win that were both made from the same password.
    unchanged = users.c.password_hash == row["password_hash"]
    with writer() as db:
        if not db.execute(changed.where(users.c.id == session.user_id, unchanged)).rowcount:
            raise Problem("bad_credentials", "The current password is wrong.", status=403)
        event = _end_sessions(db, session.user_id, keep=session.session_id)
    follow(event, session.user_id, keep=session.session_id)


def get(user_id: UUID) -> User:
    """Return a user; `Problem` not_found."""
    with reader() as db:
        return _shown(_find(db, users.c.id == user_id))


def update_profile(user_id: UUID, change: ProfileChange) -> User:
    """Change the fields of a profile that were given."""
    values = change.model_dump(exclude_unset=True)
    with writer() as db:
        if values:
            db.execute(users.update().where(users.c.id == user_id).values(values))
        # From the writer: a client reads what it just wrote.
        row = _find(db, users.c.id == user_id)
    return _shown(row)


def _shown(row: RowMapping | None) -> User:
    if row is None:
        raise Problem("not_found")
    return User.model_validate(row)


def bootstrap(new: Registration) -> tuple[UUID, bool]:
    """Return the id of a superadmin and whether it was created: only where there is none."""
    with reader() as db:
        found = db.execute(
            sa.select(users.c.id)
            .where(users.c.role == "superadmin", users.c.deleted_at.is_(None))
            .order_by(users.c.id)
        ).scalar()
    if found is not None:
        return found, False
    return register(new, role="superadmin").id, True


def account_changed(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: bring the account's item up to date."""
    keep = payload.get("keep")
    _write_through(UUID(payload["user_id"]), UUID(keep) if keep else None)


def renew(user_id: UUID) -> None:
    """Bring an account's item up to date with what is committed."""
    _write_through(user_id, None)


def hold(db: sa.Connection, user_id: UUID) -> None:
    """Keep an account for the caller's transaction: its buckets are changed one at a time."""
    db.execute(sa.select(users.c.id).where(users.c.id == user_id).with_for_update())


def set_buckets(db: sa.Connection, user_id: UUID, entries: Sequence[str]) -> UUID:
    """Tell an account which buckets of its own take uploads (`name/name in S3`).

    Counts once the event that this returns is followed, after the commit.
    """
    values = {"buckets": list(entries), "version": users.c.version + 1}
    db.execute(users.update().where(users.c.id == user_id).values(values))
    return _changed(db, user_id)


def _email_key(email: str) -> str:
    return email.casefold()


def _unsearchable(text: str) -> bool:
    """Tell what PostgreSQL can't even be asked for: nobody has such an address."""
    return "\0" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def _find(db: sa.Connection, condition: sa.ColumnElement[bool]) -> RowMapping | None:
    """Read one user who is not deleted."""
    query = sa.select(users).where(condition, users.c.deleted_at.is_(None))
    return db.execute(query).mappings().one_or_none()


def _changed(db: sa.Connection, user_id: UUID, keep: UUID | None = None) -> UUID:
    payload = {"user_id": str(user_id), "keep": str(keep) if keep else None}
    return outbox.add(db, ACCOUNT_CHANGED, payload)


def _end_sessions(db: sa.Connection, user_id: UUID, keep: UUID | None = None) -> UUID:
    """Begin a new epoch: sessions of an earlier one are over, but for `keep`."""
    next_epoch = {"session_epoch": users.c.session_epoch + 1, "version": users.c.version + 1}
    db.execute(users.update().where(users.c.id == user_id).values(next_epoch))
    return _changed(db, user_id, keep)


def follow(event: UUID, user_id: UUID, keep: UUID | None = None) -> RowMapping:
    """Do at once what a committed change asks for; if it fails, the sweeper does it."""
    row = _write_through(user_id, keep)
    outbox.done(event)
    return row


def _write_through(user_id: UUID, keep: UUID | None) -> RowMapping:
    with writer() as db:
        row = _find(db, users.c.id == user_id)
    if row is None:
        raise Problem("not_found")
    if keep:
        store.move_session(keep, row["session_epoch"])
    store.write_through(row)
    return row


def _tokens(row: RowMapping, session_id: UUID, generation: int) -> Tokens:
    return Tokens(
        access_token=tokens.issue("access", row["id"], session_id, generation),
        token_type="Bearer",  # noqa: S106 - the name of the scheme, no secret
        expires_in=tokens.lifetime("access"),
        refresh_token=tokens.issue("refresh", row["id"], session_id, generation),
        refresh_expires_in=tokens.lifetime("refresh"),
        user=User.model_validate(row),
    )
