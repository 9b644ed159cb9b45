"""What the worker does about a video: fetch it, have it made uniform, keep that. Once, as it seems.

A message comes twice, a worker dies, a video is deleted meanwhile. So a worker leases the video,
and prolongs that while ffmpeg works; objects are written whole and under names of the video's own;
and the row, which makes them visible, is written last by whoever still has the lease.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from fragua import aws, clock, crc32, metrics, scratch
from fragua.database import writer
from fragua.errors import Refusal, Refused, Retry, Unavailable
from fragua.files import quarantine
from fragua.files import service as files
from fragua.settings import settings
from fragua.videos import delivery, kinds, layout, limits
from fragua.videos.extras import Extras
from fragua.videos.lease import Lease
from fragua.videos.refusal import file_deleted, file_quarantined, not_made
from fragua.videos.studio import Source, Studio

log = logging.getLogger("fragua")

# Workers that may die of one video, or come upon an error of ours.
_ATTEMPTS = 4
# Folders of videos that are being made.
_PREFIX = "fragua-video-"


def render(video_id: UUID) -> None:
    """Make the rendition and the poster of a video, or find out why there can't be any.

    Does nothing for one that is made, gone, or in a living worker's hands. Raises `Retry`,
    `Unavailable` or `Refused` when it should be tried again.
    """
    lease = Lease.take(video_id)
    if lease is None:
        log.info("nothing to make", extra={"video_id": str(video_id)})
        return
    try:
        made = _made(lease)
        lease.end(made | {"processed_at": clock.now()})
    except (OSError, Refused, Retry, Unavailable) as error:
        lease.give_back(counted=False)
        # A full disk, say, is none of the video's doing.
        if isinstance(error, OSError):
            raise Retry(f"{error}") from error
        raise
    except Exception:
        lease.give_back(counted=True)
        raise
    _count(video_id, made)


def _count(video_id: UUID, made: Mapping[str, Any]) -> None:
    about = {"video_id": str(video_id)}
    if made["status"] == "ready":
        # As its owner waits for it, since he submitted it.
        counted = metrics.measured(VideosReady=1, RenditionSeconds=clock.age(video_id))
        metrics.log("rendered", about | counted)
    else:
        metrics.log("refused", about | metrics.failed("VideosFailed", made["failure"]["code"]))


def _made(lease: Lease) -> dict[str, Any]:
    """Return what becomes of the video's row."""
    video, file = lease.video, _file(lease.video["file_id"])
    try:
        if video["attempts"] > _ATTEMPTS:
            raise not_made()
        if file["deleted_at"]:
            raise file_deleted()
        if quarantine.holds(file):
            raise file_quarantined()
        limits.file_bytes(file["size"])
        with scratch.folder(_PREFIX) as folder:
            return _rendered(lease, file, folder)
    except Refusal as refusal:
        return {"status": "failed", "failure": {"code": refusal.code, "detail": refusal.reason}}


def _file(file_id: UUID) -> RowMapping:
    with writer() as db:
        found = files.find_any(db, file_id)
    assert found is not None  # noqa: S101 - a foreign key says so
    return found


def _rendered(lease: Lease, file: RowMapping, folder: Path) -> dict[str, Any]:
    studio = Studio(folder, meanwhile=lease.keep)
    source = folder / "source"
    _fetch(lease, file["s3_bucket"], file["object_key"], source)
    demuxer = kinds.DEMUXERS[file["detected_type"]]
    main = studio.look(Source(source, demuxer, settings().video_seconds))
    # Before the work that takes its time, which would be for nothing where one of them is missing.
    extras = Extras.fetch(studio, partial(_fetch, lease, settings().default_bucket))
    frame, poster = layout.of(main.shape), folder / "poster.jpg"
    clip = studio.render(main, "main.mp4", frame, watermark=extras.watermark, poster=poster)
    # It may be a large one, and is not needed any more.
    source.unlink()
    whole = extras.around(clip, studio, frame.frame)
    measured = studio.measure(whole)
    lease.keep()
    _store(whole, delivery.rendition_key(lease.video), "video/mp4")
    _store(poster, delivery.poster_key(lease.video), "image/jpeg")
    size = {"width": measured.width, "height": measured.height}
    return {"status": "ready", "duration": round(measured.seconds, 3), **size}


def _fetch(lease: Lease, bucket: str, key: str, target: Path) -> None:
    """Fetch an object to disk; `Retry` when it is not there, since the next try knows why."""
    try:
        aws.s3_fetch(bucket, key, target, meanwhile=lease.keep)
    except Refused as error:
        raise Retry(f"{key} can't be read: {error.code}") from error


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
