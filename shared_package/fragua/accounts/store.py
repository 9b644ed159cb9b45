"""Sessions and accounts in DynamoDB: what every request must know, read in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from fragua import clock, dynamodb
from fragua.settings import settings

if TYPE_CHECKING:
    # For the type alone: the hot path never loads SQLAlchemy.
    from sqlalchemy import RowMapping


Role = Literal["superadmin", "admin", "user"]


@dataclass(frozen=True)
class Session:
    """A login. `epoch` must be the account's; `expires_at` is in seconds since 1970."""

    session_id: UUID
    user_id: UUID
    epoch: int
    generation: int
    expires_at: int


@dataclass(frozen=True)
class Account:
    """What the hot path knows of a user. `committed` is the quota in use, in bytes.

    `buckets` are the account's own, each as `name/name in S3`: neither holds a slash.
    `position` is how far PostgreSQL's log was when something was last written for the account.
    """

    user_id: UUID
    email: str
    role: Role
    plan: str
    active: bool
    session_epoch: int
    buckets: tuple[str, ...]
    committed: int
    position: int = 0


@dataclass(frozen=True)
class Limits:
    """What a plan allows of uploads, in bytes."""

    max_file_size: int
    storage_quota: int


_COPIED = ("email", "role", "plan", "active", "session_epoch", "buckets")


def put_session(session: Session) -> None:
    """Keep a new session."""
    item = {**vars(session), "ttl": session.expires_at}
    dynamodb.put(settings().sessions_table, item)


def delete_session(session_id: UUID) -> None:
    """End a session."""
    dynamodb.delete(settings().sessions_table, {"session_id": session_id})


def rotate_session(session_id: UUID, generation: int, expires_at: int) -> bool:
    """Move a session to its next generation; False when this generation was spent before."""
    spent_by = str(clock.new_id())
    # A retry of the SDK after a lost reply finds its own mark instead of a spent token.
    changed = dynamodb.update(
        settings().sessions_table,
        {"session_id": session_id},
        "SET #generation = :next, #expires_at = :end, #ttl = :end, #spent_by = :me",
        "#generation = :generation OR #spent_by = :me",
        next=generation + 1,
        generation=generation,
        end=expires_at,
        me=spent_by,
    )
    return changed is not None


def move_session(session_id: UUID, epoch: int) -> None:
    """Carry a session over into a new epoch of its account, unless it has ended."""
    dynamodb.update(
        settings().sessions_table,
        {"session_id": session_id},
        "SET #epoch = :epoch",
        "attribute_exists(#session_id) AND #epoch < :epoch",
        epoch=epoch,
    )


def load(session_id: UUID, user_id: UUID) -> tuple[Session | None, Account | None]:
    """Read a session and its account in one consistent request."""
    sessions, accounts = settings().sessions_table, settings().accounts_table
    found = dynamodb.batch_get(
        {sessions: {"session_id": session_id}, accounts: {"user_id": user_id}}
    )
    return _session(found[sessions]), _account(found[accounts])


def load_account(user_id: UUID) -> Account | None:
    """Read an account alone, consistently."""
    return _account(dynamodb.get(settings().accounts_table, {"user_id": user_id}))


def _session(item: dynamodb.Item | None) -> Session | None:
    if item is None:
        return None
    return Session(
        session_id=UUID(item["session_id"]),
        user_id=UUID(item["user_id"]),
        epoch=item["epoch"],
        generation=item["generation"],
        expires_at=item["expires_at"],
    )


def _account(item: dynamodb.Item | None) -> Account | None:
    if item is None:
        return None
    return Account(
        user_id=UUID(item["user_id"]),
        committed=item["committed"],
        # None was noted as long as all read at the endpoint that is written.
        position=item.get("position", 0),
        # An account that never had one may have no list.
        buckets=tuple(item.get("buckets", ())),
        **{name: item[name] for name in _COPIED if name != "buckets"},
    )


def write_through(row: RowMapping) -> None:
    """Bring an account's item to a row of PostgreSQL, unless it is as new already.

    The quota in use and the position are the item's own and stay.
    """
    changes = ", ".join(f"#{name} = :{name}" for name in _COPIED)
    dynamodb.update(
        settings().accounts_table,
        {"user_id": row["id"]},
        f"SET {changes}, #version = :version, #committed = if_not_exists(#committed, :zero)",
        "attribute_not_exists(#version) OR #version < :version",
        version=row["version"],
        zero=0,
        **{name: row[name] for name in _COPIED},
    )


def note_position(user_id: UUID, position: int) -> None:
    """Keep what an account's reads must have come to, unless they must have come further."""
    dynamodb.change(
        settings().accounts_table,
        {"user_id": user_id},
        "SET #position = :position",
        # Alone it would be no account.
        "attribute_exists(#user_id) AND (attribute_not_exists(#position) OR #position < :position)",
        position=position,
    )


def load_limits(plan: str) -> Limits | None:
    """Read what a plan allows, consistently; None for one that is not known here."""
    item = dynamodb.get(settings().plans_table, {"name": plan})
    return Limits(item["max_file_size"], item["storage_quota"]) if item else None


def write_plan(row: RowMapping) -> None:
    """Bring a plan's item to its row of PostgreSQL, unless it is as new already."""
    dynamodb.put(
        settings().plans_table,
        {name: row[name] for name in ("name", "version", "max_file_size", "storage_quota")},
        "attribute_not_exists(#version) OR #version < :version",
        version=row["version"],
    )
