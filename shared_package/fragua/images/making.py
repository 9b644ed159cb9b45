"""What the worker does about a picture: fetch it, have its thumbnails made, keep them. Repeatable.

A message comes twice, a worker dies, a file is deleted meanwhile, a plan changes. So the objects
have names of their own, the row is written last and under a lock of the file's, and whatever was
made for a file that is gone is deleted again.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert

from fragua import aws, crc32, metrics, scratch
from fragua.accounts import plans
from fragua.database import writer
from fragua.errors import Refusal
from fragua.files import service as files
from fragua.images import limits, workshop
from fragua.images.picture import Thumbnail
from fragua.images.tables import images
from fragua.settings import settings

log = logging.getLogger("fragua")

# The height by which a picture is looked at whose owner's plan has none.
_LOWEST = 200
# Pictures, everybody's, among which one message looks for those of a plan: what it costs does not
# depend on how many of them there are to find.
_BATCH = 500
# Folders of pictures that are being made.
_PREFIX = "fragua-picture-"


def make(file_id: UUID) -> None:
    """Make the thumbnails of a picture that its owner's plan has and that are not there yet.

    Does nothing for a file that is none, or is gone. Raises `Unavailable` or `Refused` when it
    should be tried again.
    """
    file, missing = _job(file_id)
    if file is None:
        log.info("nothing to make", extra={"file_id": str(file_id)})
    elif missing:
        with scratch.folder(_PREFIX) as folder:
            _make(file, missing, folder)


def _job(file_id: UUID) -> tuple[RowMapping | None, list[int]]:
    """Return a picture's file and the heights of the plan that it was not made for."""
    with writer() as db:
        file = files.find_any(db, file_id)
        kept = file is not None and files.is_kept_picture(file)
        missing = _missing(db, file) if file and kept else []
        if file and not kept:
            db.execute(images.delete().where(images.c.file_id == file_id))
    if file and not kept:
        # Whoever worked on it before may have died after its file was deleted.
        files.delete_derived(file)
    return (file if kept else None), missing


def _missing(db: sa.Connection, file: RowMapping, *, lock: bool = False) -> list[int]:
    wanted: Sequence[int] = plans.of(db, file["owner_id"], lock=lock)["thumbnail_heights"]
    query = sa.select(images.c.status, images.c.heights).where(images.c.file_id == file["id"])
    row = db.execute(query).one_or_none()
    if row is None:
        # Somebody has to look at it, also where the plan has no height to make.
        return list(wanted) or [_LOWEST]
    if row.status == "refused":
        return []
    return [height for height in wanted if height not in row.heights]


def _make(file: RowMapping, heights: Sequence[int], folder: Path) -> None:
    try:
        picture = workshop.make(_fetched(file, folder), heights, folder)
    except Refusal as refusal:
        failure = {"code": refusal.code, "detail": refusal.reason}
        if _keep(file, {"status": "refused", "refusal": failure}, heights, []):
            counted = metrics.failed("PicturesRefused", refusal.code)
            metrics.log("refused", {"file_id": str(file["id"])} | counted)
        return
    made = [_stored(file, thumbnail, folder) for thumbnail in picture.thumbnails]
    known = ("width", "height", "format", "dominant_color", "thumbhash")
    seen = {"status": "ready", **{name: getattr(picture, name) for name in known}}
    if new := _keep(file, seen, heights, made):
        counted = metrics.measured(ThumbnailsMade=new)
        metrics.log("thumbnails made", {"file_id": str(file["id"])} | counted)


def _fetched(file: RowMapping, folder: Path) -> Path:
    """Fetch the bytes of a file to disk, in pieces; `Refusal` for more than there is room for."""
    limits.file_bytes(file["size"])
    target = folder / "source"
    aws.s3_fetch(file["s3_bucket"], file["object_key"], target)
    return target


def _stored(file: RowMapping, thumbnail: Thumbnail, folder: Path) -> dict[str, Any]:
    """Put a thumbnail beside its file, under a name of its own; return what is kept of it."""
    ending = thumbnail.content_type.rpartition("/")[2]
    key = f"{files.derived_prefix(file)}{thumbnail.height}.{ending}"
    data = (folder / thumbnail.file).read_bytes()
    where = {"Bucket": file["s3_bucket"], "Key": key}
    aws.s3_send(
        "put_object",
        **where,
        Body=data,
        ContentType=thumbnail.content_type,
        CacheControl="private, max-age=3600",
        ChecksumAlgorithm="CRC32",
        ChecksumCRC32=crc32.text(zlib.crc32(data)),
    )
    shown = ("height", "width", "content_type", "size")
    return {name: getattr(thumbnail, name) for name in shown} | {"object_key": key}


def _keep(
    file: RowMapping, seen: dict[str, Any], heights: Sequence[int], made: list[dict[str, Any]]
) -> int:
    """Write down what was made, unless the file went meanwhile: then it goes as well.

    Returns how many thumbnails, or whether a refusal, nobody had written down before.
    """
    with writer() as db:
        kept = files.hold(db, file["id"])
        new = _merge(db, file, seen, heights, made) if kept else 0
        # A plan that was changed meanwhile looked for pictures before this one was there.
        more = kept and _missing(db, file, lock=True)
    if not kept:
        files.delete_derived(file)
    if more:
        _send(settings().thumbnails_queue_url, file_id=str(file["id"]))
    return new


def _merge(
    db: sa.Connection,
    file: RowMapping,
    seen: dict[str, Any],
    heights: Sequence[int],
    made: list[dict[str, Any]],
) -> int:
    query = sa.select(images).where(images.c.file_id == file["id"])
    before = db.execute(query).mappings().one_or_none()
    refused = seen["status"] == "refused"
    if before and before["status"] == "ready" and refused:
        # What is there stays; only these heights are not tried again.
        seen = {"status": "ready"}
    old = {each["object_key"]: each for each in (before["thumbnails"] if before else [])}
    thumbnails = old | {each["object_key"]: each for each in made}
    values = {
        **seen,
        "file_id": file["id"],
        "heights": sorted({*heights, *(before["heights"] if before else [])}),
        "thumbnails": list(thumbnails.values()),
    }
    add = insert(images).values(values)
    db.execute(add.on_conflict_do_update(index_elements=["file_id"], set_=values))
    return int(before is None) if refused else len(thumbnails) - len(old)


def _send(queue_url: str, **message: str) -> None:
    aws.send(queue_url, json.dumps(message))


def catch_up(plan: str, after: UUID | None, owner_id: UUID | None = None) -> None:
    """Have the pictures of everybody on a plan, or of one owner, made that lack a height of it.

    Some at a time: a message of its own goes on after the last one. They have a queue of their own,
    so that nobody's new picture waits for all of them.
    """
    queue = settings().backlog_queue_url
    with writer() as db:
        begin = files.find_any(db, after) if after else None
        window = files.window(begin, _BATCH, owner_id)
        ids = db.execute(window).scalars().all()
        found = db.execute(_lacking(plan, window)).scalars().all()
    for file_id in found:
        _send(queue, file_id=str(file_id))
    if len(ids) == _BATCH:
        whose = {"owner_id": str(owner_id)} if owner_id else {}
        _send(queue, plan=plan, after=str(ids[-1]), **whose)


def _lacking(plan: str, window: sa.Select[UUID]) -> sa.Select[UUID]:
    """Select those of the plan that nobody looked at, or that lack a height."""
    pictures, on_plan, ids = files.pictures(), plans.heights(plan), window.cte("looked_at")
    made = images.c.heights.contains(on_plan.c.thumbnail_heights)
    return (
        sa.select(pictures.c.id)
        .join(ids, ids.c.id == pictures.c.id)
        .join(on_plan, on_plan.c.user_id == pictures.c.owner_id)
        .outerjoin(images, images.c.file_id == pictures.c.id)
        .where(sa.or_(images.c.file_id.is_(None), (images.c.status == "ready") & ~made))
        .order_by(pictures.c.id)
    )
