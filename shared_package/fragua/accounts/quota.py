"""Storage quota: one number per account, moved inside the transaction that needs it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from fragua import clock, dynamodb
from fragua.accounts import store
from fragua.accounts.store import Account, Limits
from fragua.errors import Unavailable
from fragua.settings import settings

__all__ = ["DEFAULT", "Account", "Limits", "limits", "look", "place", "release", "reserve"]

# The bucket that everybody may store in.
DEFAULT = "default"

# Seconds that a settlement is remembered: longer than any message or outbox row can be late.
_REMEMBERED = 60 * 24 * 3600


def limits(account: Account) -> Limits:
    """Return what the account's plan allows now; `Unavailable` while its item is not there."""
    found = store.load_limits(account.plan)
    if found is None:
        # A plan is written here before an account can be on it; the sweeper brings a lost one back.
        raise Unavailable("dynamodb")
    return found


def look(account: Account) -> Account:
    """Read an account anew; `Unavailable` in the odd case that it is gone."""
    found = store.load_account(account.user_id)
    if found is None:
        raise Unavailable("dynamodb")
    return found


def place(account: Account, bucket: str) -> str | None:
    """Return the name in S3 of a bucket that the account may store in, or None."""
    if bucket == DEFAULT:
        return settings().default_bucket
    own = (entry.partition("/") for entry in account.buckets)
    return next((in_s3 for name, _, in_s3 in own if name == bucket), None)


def reserve(user_id: UUID, size: int, limit: int, buckets: Collection[str] = ()) -> dict[str, Any]:
    """Describe the step of a transaction that takes `size` bytes.

    It fails over `limit`, and when one of `buckets` (as the account lists them) is gone.
    """
    entries = {f"bucket{at}": entry for at, entry in enumerate(buckets)}
    conditions = ["#committed <= :room", *(f"contains(#buckets, :{name})" for name in entries)]
    return {
        "Update": dynamodb.update_action(
            settings().accounts_table,
            {"user_id": user_id},
            "SET #committed = #committed + :size",
            " AND ".join(conditions),
            size=size,
            room=limit - size,
            **entries,
        )
    }


def release(user_id: UUID, upload_id: UUID, size: int) -> list[dict[str, Any]]:
    """Describe the steps that give an upload's bytes back; the first fails if that was done.

    The mark is the upload's, so abort, expiry, failure and the deletion of its file give back once
    between them.
    """
    mark = {
        "guard": f"settled:{upload_id}",
        "ttl": int(clock.timestamp()) + _REMEMBERED,
    }
    put = dynamodb.put_action(settings().guards_table, mark, "attribute_not_exists(#guard)")
    give = dynamodb.update_action(
        settings().accounts_table,
        {"user_id": user_id},
        "SET #committed = #committed - :size",
        size=size,
    )
    return [{"Put": put}, {"Update": give}]
