"""What the worker does about a video: fetch it, have it made uniform, keep that. Once, as it seems.

A message comes twice, a worker dies, a video is deleted meanwhile. So a worker leases the video,
and prolongs that while ffmpeg works; objects are written whole and under names of the video's own;
and the row, which makes them visible, is written last by whoever still has the lease.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from fragua import aws, clock, crc32, scratch
from fragua.database import writer
from fragua.errors import Refused, Retry, Unavailable
from fragua.files import service as files
from fragua.settings import settings
from fragua.videos import delivery, kinds, layout, limits
from fragua.videos.layout import Layout
from fragua.videos.lease import Lease
from fragua.videos.refusal import Refusal, file_deleted, too_complex
from fragua.videos.studio import Source, Studio

log = logging.getLogger("fragua")

# Workers that may die of one video. It is not the machine's fault then.
_ATTEMPTS = 4
# Folders of videos that are being made; and seconds after which none is: the function has 900.
_PREFIX = "fragua-video-"
_LONGEST = 1000


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
        lease.end(_made(lease) | {"processed_at": clock.now()})
    except (Refused, Retry, Unavailable):
        lease.give_back(counted=False)
        raise
    except Exception:
        lease.give_back(counted=True)
        raise


def _made(lease: Lease) -> dict[str, Any]:
    """Return what becomes of the video's row."""
    video, file = lease.video, _file(lease.video["file_id"])
    try:
        if video["attempts"] > _ATTEMPTS:
            raise too_complex()
        if file["deleted_at"]:
            raise file_deleted()
        limits.file_bytes(file["size"])
        with scratch.folder(_PREFIX, _LONGEST) as folder:
            return _rendered(lease, file, folder)
    except Refusal as refusal:
        log.info("refused", extra={"video_id": str(video["id"]), "code": refusal.code})
        return {"status": "failed", "failure": {"code": refusal.code, "detail": refusal.reason}}


def _file(file_id: UUID) -> RowMapping:
    with writer() as db:
        found = files.find_any(db, file_id)
    assert found is not None  # noqa: S101 - a foreign key says so
    return found


def _rendered(lease: Lease, file: RowMapping, folder: Path) -> dict[str, Any]:
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
    _store(whole, delivery.rendition_key(lease.video), "video/mp4")
    _store(poster, delivery.poster_key(lease.video), "image/jpeg")
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
