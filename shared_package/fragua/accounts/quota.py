"""Storage quota: one number per account, moved inside the transaction that needs it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fragua import clock, dynamodb
from fragua.settings import settings

# Seconds that a settlement is remembered: longer than any message or outbox row can be late.
_REMEMBERED = 60 * 24 * 3600


def reserve(user_id: UUID, size: int, limit: int) -> dict[str, Any]:
    """Describe the step of a transaction that takes `size` bytes; it fails over `limit`."""
    return {
        "Update": dynamodb.update_action(
            settings().accounts_table,
            {"user_id": user_id},
            "SET #committed = #committed + :size",
            "#committed <= :room",
            size=size,
            room=limit - size,
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
