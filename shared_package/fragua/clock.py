"""The one clock, and ids that carry its time."""

from __future__ import annotations

import math
import secrets
import time
from datetime import UTC, datetime
from threading import Lock
from uuid import UUID


def now() -> datetime:
    """Return the time in UTC, in whole seconds: what answers show is exactly what is kept."""
    return datetime.now(UTC).replace(microsecond=0)


def timestamp() -> float:
    """Return the seconds since 1970, with fractions."""
    return datetime.now(UTC).timestamp()


def at(seconds: float) -> datetime:
    """Turn seconds since 1970 into UTC, cut to whole seconds."""
    return datetime.fromtimestamp(math.floor(seconds), UTC)


# Milliseconds of the last id, and the 42 bits by which ids of one millisecond are told apart.
_last = (0, 0)
_making = Lock()


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of milliseconds, then random, so ids sort by time.

    Those of one millisecond and process are in order by a counter (the standard's method 1). It
    begins anywhere and grows by any step, as no two processes that were forked from one do.
    """
    global _last  # noqa: PLW0603 - the order of a process's ids is the process's
    with _making:
        now, (milliseconds, count) = time.time_ns() // 1_000_000, _last
        if now > milliseconds:
            milliseconds, count = now, secrets.randbits(41)
        else:
            count += 1 + secrets.randbits(20)
        _last = (milliseconds, count)
    high, low = count >> 30, count & 0x3FFFFFFF
    tail = 0b10 << 62 | low << 32 | secrets.randbits(32)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | tail)


def id_time(identifier: UUID) -> datetime:
    """Return the time that a UUIDv7 was made, in whole seconds."""
    return at((identifier.int >> 80) / 1000)


def age(identifier: UUID) -> float:
    """Return the seconds, to the millisecond, since a UUIDv7 was made; none by a clock ahead."""
    return max(0.0, round(timestamp() - (identifier.int >> 80) / 1000, 3))


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest UUIDv7 whose time, in whole seconds, is not before `moment`."""
    milliseconds = max(0, math.ceil(moment.timestamp())) * 1000
    return UUID(int=min(milliseconds, 2**48 - 1) << 80)
