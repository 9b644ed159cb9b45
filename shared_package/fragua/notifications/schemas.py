"""Notifications as they cross HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fragua.notifications.composing import Kind
from fragua.schemas import Answer, Time


class Notification(Answer):
    """What another admin changed; `changes` has the value before and after of each field."""

    id: UUID
    kind: Kind
    sku: str
    changed_by: UUID
    changes: dict[str, tuple[Any, Any]]
    created_at: Time
    read_at: Time | None


class NotificationPage(Answer):
    """A page of one's own notifications, newest first."""

    items: list[Notification]
    next_cursor: str | None
