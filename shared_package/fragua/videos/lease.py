"""A worker's lease of a video: who makes it, and until when he is believed to live."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua import clock, metrics
from fragua.database import outbox, writer
from fragua.errors import Retry, Unavailable
from fragua.videos import service
from fragua.videos.refusal import not_made
from fragua.videos.tables import videos

log = logging.getLogger("fragua")

# Seconds, real ones whatever the time scale: ffmpeg takes no less time for it.
_LEASE = 60
# Videos of dead workers that one sweep sees to.
_BATCH = 100
# After which no message tells of a video any more: a queue keeps it for 14 days, and the dead
# letters as long again.
_FORGOTTEN = timedelta(days=29)
_FREE: Mapping[str, Any] = {"worker": None, "leased_until": None}


@dataclass
class Lease:
    """What a worker has of a video, as it was when he took it, and since when."""

    video: RowMapping
    taken: float

    @classmethod
    def take(cls, video_id: UUID) -> Self | None:
        """Take a video that waits to be made; None when a living worker has it, or it is gone."""
        waiting = (videos.c.id == video_id, videos.c.status == "processing")
        free = sa.or_(videos.c.worker.is_(None), videos.c.leased_until < clock.now())
        take = videos.update().where(*waiting, free, videos.c.deleted_at.is_(None))
        mine = {"worker": clock.new_id(), "leased_until": _end()}
        more = {"attempts": videos.c.attempts + 1}
        with writer() as db:
            found = db.execute(take.values(mine | more).returning(videos)).mappings().one_or_none()
        return cls(found, time.monotonic()) if found else None

    def keep(self) -> None:
        """Prolong it when a third of it is over; `Retry` when the video is somebody else's now.

        A database that is away for a moment ends no work: `Unavailable` when two thirds are over.
        """
        age = time.monotonic() - self.taken
        if age < _LEASE / 3:
            return
        try:
            self._write(leased_until=_end())
        except Unavailable:
            if age > _LEASE * 2 / 3:
                raise
        else:
            self.taken = time.monotonic()

    def end(self, made: Mapping[str, Any]) -> None:
        """Write down what became of the video, and let go of it; `Retry` like `keep`."""
        self._write(**made, **_FREE)

    def give_back(self, *, counted: bool) -> None:
        """Let the next one begin at once; what was no fault of the bytes is not `counted`."""
        values = dict(_FREE) if counted else {**_FREE, "attempts": videos.c.attempts - 1}
        try:
            with writer() as db:
                db.execute(videos.update().where(*self._mine).values(values))
        except Unavailable:
            log.warning("a lease runs out by itself", extra={"video_id": str(self.video["id"])})

    @property
    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return videos.c.id == self.video["id"], videos.c.worker == self.video["worker"]

    def _write(self, **values: Any) -> None:
        kept = (*self._mine, videos.c.deleted_at.is_(None))
        with writer() as db:
            if not db.execute(videos.update().where(*kept).values(values)).rowcount:
                raise Retry("another worker has the video, or it was deleted")


def _end() -> datetime:
    return clock.now() + timedelta(seconds=_LEASE)


def sweep() -> int:
    """Have videos made again whose workers died; end those that nobody is told of any more.

    Returns how many these were.
    """
    dead = sa.select(videos.c.id).where(
        videos.c.leased_until < clock.now(), videos.c.deleted_at.is_(None)
    )
    free = videos.update().values(_FREE).returning(videos.c.id)
    with writer() as db:
        found = db.execute(free.where(videos.c.id == _some(dead).c.id)).scalars()
        payloads = [{"video_id": str(video_id)} for video_id in found]
        events = [outbox.add(db, service.VIDEO_SUBMITTED, payload) for payload in payloads]
    for event, payload in zip(events, payloads, strict=True):
        service.follow(event, payload)
    return len(events) + _end_forgotten()


def _end_forgotten() -> int:
    first = clock.first_id_at(clock.now() - _FORGOTTEN)
    waiting = (videos.c.status == "processing", videos.c.id < first, videos.c.worker.is_(None))
    some = _some(sa.select(videos.c.id).where(*waiting))
    reason = not_made()
    failure = {"code": reason.code, "detail": reason.reason}
    end = videos.update().where(videos.c.id == some.c.id)
    with writer() as db:
        ended = db.execute(end.values(status="failed", failure=failure)).rowcount
    if ended:
        metrics.log("given up", metrics.failed("VideosFailed", reason.code, ended))
    return ended


def _some(found: sa.Select[Any]) -> sa.CTE:
    # Not a plain subquery: in a nested loop that runs anew for every row, past its limit.
    return found.limit(_BATCH).with_for_update(skip_locked=True).cte("some")
