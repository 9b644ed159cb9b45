"""What the worker does about a video: fetch it, have it made uniform, keep that. Once, as it seems.

A message comes twice, a worker dies, a video is deleted meanwhile. So a worker leases the video,
and prolongs that while ffmpeg works; objects are written whole and under names of the video's own;
and the row, which makes them visible, is written last by whoever still has the lease.
"""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua import aws, clock, crc32, scratch
from fragua.database import outbox, writer
from fragua.errors import Refused, Retry, Unavailable
from fragua.files import service as files
from fragua.settings import settings
from fragua.videos import delivery, kinds, layout, limits, service
from fragua.videos.layout import Layout
from fragua.videos.refusal import Refusal, file_deleted, too_complex
from fragua.videos.studio import Source, Studio
from fragua.videos.tables import videos

log = logging.getLogger("fragua")

# Seconds, real ones whatever the time scale: ffmpeg takes no less time for it.
_LEASE = 60
# Workers that may die of one video. It is not the machine's fault then.
_ATTEMPTS = 4
# Folders of videos that are being made; and seconds after which none is: the function has 900.
_PREFIX = "fragua-video-"
_LONGEST = 1800
# Videos of dead workers that one sweep sees to.
_BATCH = 100


@dataclass
class Lease:
    """What a worker has of a video, and since when."""

    video_id: UUID
    worker: UUID
    taken: float

    def keep(self) -> None:
        """Prolong it when a third of it is over; `Retry` when the video is somebody else's now."""
        if time.monotonic() - self.taken > _LEASE / 3:
            with writer() as db:
                self.write(db, leased_until=_end())
            self.taken = time.monotonic()

    def write(self, db: sa.Connection, **values: Any) -> None:
        """Change the video, if it is still this worker's; `Retry` if it is not."""
        mine = (videos.c.id == self.video_id, videos.c.worker == self.worker)
        kept = (*mine, videos.c.deleted_at.is_(None))
        if not db.execute(videos.update().where(*kept).values(values)).rowcount:
            raise Retry("another worker has the video, or it was deleted")


def _end() -> datetime:
    return clock.now() + timedelta(seconds=_LEASE)


def render(video_id: UUID) -> None:
    """Make the rendition and the poster of a video, or find out why there can't be any.

    Does nothing for one that is made, gone, or in a living worker's hands. Raises `Retry`,
    `Unavailable` or `Refused` when it should be tried again.
    """
    taken = _take(video_id)
    if taken is None:
        log.info("nothing to make", extra={"video_id": str(video_id)})
        return
    lease, video, file = taken
    try:
        _finish(lease, _made(lease, video, file))
    except (Refused, Retry, Unavailable):
        _give_back(lease, counted=False)
        raise
    except Exception:
        _give_back(lease, counted=True)
        raise


def _take(video_id: UUID) -> tuple[Lease, RowMapping, RowMapping] | None:
    lease, now = Lease(video_id, clock.new_id(), time.monotonic()), clock.now()
    free = sa.or_(videos.c.worker.is_(None), videos.c.leased_until < now)
    waiting = (videos.c.id == video_id, videos.c.status == "processing")
    kept = (*waiting, videos.c.deleted_at.is_(None), free)
    mine = {"worker": lease.worker, "leased_until": _end(), "attempts": videos.c.attempts + 1}
    take = videos.update().where(*kept).values(mine).returning(videos)
    with writer() as db:
        video = db.execute(take).mappings().one_or_none()
        if video is None:
            return None
        file = files.find_any(db, video["file_id"])
    assert file is not None  # noqa: S101 - a foreign key says so
    return lease, video, file


def _give_back(lease: Lease, *, counted: bool) -> None:
    """Let the next one begin at once; what was no fault of the bytes is not `counted`."""
    values: dict[str, Any] = {"worker": None, "leased_until": None}
    if not counted:
        values["attempts"] = videos.c.attempts - 1
    mine = (videos.c.id == lease.video_id, videos.c.worker == lease.worker)
    try:
        with writer() as db:
            db.execute(videos.update().where(*mine).values(values))
    except Unavailable:
        log.warning("a lease runs out by itself", extra={"video_id": str(lease.video_id)})


def _made(lease: Lease, video: RowMapping, file: RowMapping) -> dict[str, Any]:
    """Return what becomes of the video's row."""
    try:
        if video["attempts"] > _ATTEMPTS:
            raise too_complex()
        if file["deleted_at"]:
            raise file_deleted()
        limits.file_bytes(file["size"])
        with scratch.folder(_PREFIX, _LONGEST) as folder:
            return _rendered(lease, video, file, folder)
    except Refusal as refusal:
        log.info("refused", extra={"video_id": str(video["id"]), "code": refusal.code})
        return {"status": "failed", "failure": {"code": refusal.code, "detail": refusal.reason}}


def _rendered(lease: Lease, video: RowMapping, file: RowMapping, folder: Path) -> dict[str, Any]:
    studio = Studio(folder, meanwhile=lease.keep)
    path = _fetched(lease, file["s3_bucket"], file["object_key"], folder / "source")
    source = Source(path, kinds.DEMUXERS[file["detected_type"]], settings().video_seconds)
    shape, sound = studio.look(source)
    extras = Extras(lease, studio, layout.of(shape))
    given = {"watermark": extras.watermark(), "poster": (poster := folder / "poster.jpg")}
    clip = studio.render(source, "main.mp4", extras.layout, sound, **given)
    # It may be a large one, and is not needed any more.
    path.unlink()
    clips = [*extras.clip(settings().video_intro_key), clip]
    whole = studio.join([*clips, *extras.clip(settings().video_outro_key)], "whole.mp4")
    measured = studio.measure(whole)
    lease.keep()
    _store(whole, delivery.rendition_key(video), "video/mp4")
    _store(poster, delivery.poster_key(video), "image/jpeg")
    size = {"width": measured.width, "height": measured.height}
    return {"status": "ready", "duration": round(measured.seconds, 3), **size}


def _fetched(lease: Lease, bucket: str, key: str, target: Path) -> Path:
    """Fetch an object to disk; `Retry` when it is not there, since the next try knows why."""
    try:
        aws.s3_fetch(bucket, key, target, meanwhile=lease.keep)
    except Refused as error:
        raise Retry(f"{key} can't be read: {error.code}") from error
    return target


@dataclass(frozen=True)
class Extras:
    """What the deployment gives every video, from the folder `assets/` of the default bucket."""

    lease: Lease
    studio: Studio
    layout: Layout

    def watermark(self) -> Path | None:
        """Fetch the picture for the corner, a PNG, if there is one."""
        key = settings().video_watermark_key
        return self._asset(key, "watermark.png") if key else None

    def clip(self, key: str) -> list[Path]:
        """Render the clip of a key in the frame of the video; none without a key."""
        if not key:
            return []
        name = hashlib.sha256(key.encode()).hexdigest()
        source = Source(self._asset(key, name), "mov", settings().video_seconds)
        try:
            shape, sound = self.studio.look(source)
            frame = layout.within(self.layout.frame, shape)
            return [self.studio.render(source, f"{name}.mp4", frame, sound)]
        except Refusal as refusal:
            # Not the owner's fault: whoever runs this shall hear of it, and the video waits.
            raise Retry(f"{key} is no clip to be shown: {refusal.reason}") from refusal

    def _asset(self, key: str, name: str) -> Path:
        return _fetched(self.lease, settings().default_bucket, key, self.studio.folder / name)


def _store(path: Path, key: str, content_type: str) -> None:
    with path.open("rb") as body:
        checksum = crc32.of(body)
        body.seek(0)
        aws.s3_send(
            "put_object",
            Bucket=settings().default_bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            CacheControl="private, max-age=300",
            ChecksumAlgorithm="CRC32",
            ChecksumCRC32=crc32.text(checksum),
        )


def _finish(lease: Lease, made: dict[str, Any]) -> None:
    ended = {"processed_at": clock.now(), "worker": None, "leased_until": None}
    with writer() as db:
        lease.write(db, **made, **ended)


def sweep() -> int:
    """Have videos made again whose workers died; return how many."""
    dead = sa.select(videos.c.id).where(
        videos.c.leased_until < clock.now(), videos.c.deleted_at.is_(None)
    )
    # Not a plain subquery: in a nested loop that runs anew for every row, past its limit.
    some = dead.limit(_BATCH).with_for_update(skip_locked=True).cte("dead")
    free = videos.update().where(videos.c.id == some.c.id).values(worker=None, leased_until=None)
    with writer() as db:
        found = db.execute(free.returning(videos.c.id)).scalars()
        payloads = [{"video_id": str(video_id)} for video_id in found]
        events = [outbox.add(db, service.VIDEO_SUBMITTED, payload) for payload in payloads]
    for event, payload in zip(events, payloads, strict=True):
        service.follow(event, payload)
    return len(events)
