"""The one clock, and ids that carry its time."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from uuid import UUID

import uuid6


def now() -> datetime:
    """Return the time in UTC, in whole seconds: what answers show is exactly what is kept."""
    return datetime.now(UTC).replace(microsecond=0)


def timestamp() -> float:
    """Return the seconds since 1970, with fractions."""
    return datetime.now(UTC).timestamp()


def at(seconds: float) -> datetime:
    """Turn seconds since 1970 into UTC, cut to whole seconds."""
    return datetime.fromtimestamp(math.floor(seconds), UTC)


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of milliseconds, then random, so ids sort by time."""
    # uuid6 has its own subclass of UUID; drivers and tests shall meet the standard one.
    return UUID(int=uuid6.uuid7().int)


def id_time(identifier: UUID) -> datetime:
    """Return the time that a UUIDv7 was made, in whole seconds."""
    return at((identifier.int >> 80) / 1000)


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest UUIDv7 whose time, in whole seconds, is not before `moment`."""
    milliseconds = max(0, math.ceil(moment.timestamp())) * 1000
    return UUID(int=min(milliseconds, 2**48 - 1) << 80)
