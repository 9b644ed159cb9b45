"""Use cases of one's own videos: submitted, watched, made public and private, deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua import aws, clock
from fragua.database import outbox, reader, repeats, writer
from fragua.errors import Invalid, Problem, Refused, Retry, Unavailable
from fragua.files import quarantine
from fragua.files import service as files
from fragua.idempotency import Once
from fragua.settings import settings
from fragua.videos import delivery, kinds, rankings
from fragua.videos.schemas import NewVideo, Video
from fragua.videos.tables import videos, votes

# Events of this room in the outbox.
VIDEO_SUBMITTED = "video_submitted"
VIDEO_DELETED = "video_deleted"

# Votes that one statement deletes, and statements of one try: the next one goes on.
_BATCH, _STATEMENTS = 5_000, 8
# Videos of one account that may wait for the workers, who are everybody's; and seconds after which
# to ask again.
_WAITING, _PAUSE = 100, 60
_SHOWN = ("ready", "public")


def submit(owner_id: UUID, new: NewVideo, once: Once | None = None) -> Video:
    """Have a video made of a file of the owner's.

    Raises `Problem` file_quarantined, not_a_video or too_many_videos, `Invalid` where there is no
    such file.
    """
    row = {"id": clock.new_id(), "owner_id": owner_id, **new.model_dump()}
    with writer() as db:
        before = repeats.made_before(db, f"videos:{owner_id}", once, row["id"])
        if before:
            return _video(_own(db, owner_id, before))
        _require_video(db, owner_id, new.file_id)
        _require_patience(db, owner_id)
        row["created_at"] = clock.id_time(row["id"])
        found = db.execute(videos.insert().values(row).returning(videos)).mappings().one()
        payload = {"video_id": str(row["id"])}
        event = outbox.add(db, VIDEO_SUBMITTED, payload)
    follow(event, payload)
    return _video(found)


def _require_video(db: sa.Connection, owner_id: UUID, file_id: UUID) -> None:
    file = files.find_own(db, owner_id, file_id)
    if file is None:
        raise Invalid(("/file_id", "is not the id of a file of yours"))
    quarantine.refuse(file)
    if file["detected_type"] not in kinds.DEMUXERS:
        raise Problem("not_a_video")


def _require_patience(db: sa.Connection, owner_id: UUID) -> None:
    mine = (videos.c.owner_id == owner_id, videos.c.status == "processing")
    waiting = sa.select(videos.c.id).where(*mine).offset(_WAITING - 1).limit(1)
    if db.execute(waiting).first():
        raise Problem("too_many_videos", retry_after=_PAUSE)


def follow(event: UUID, payload: Mapping[str, Any]) -> None:
    """Do at once what a committed submission asks for; if it fails, the sweeper does it."""
    with suppress(Unavailable, Refused):
        video_submitted(payload)
        outbox.done(event)


def video_submitted(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: tell the worker that makes renditions."""
    aws.send(settings().renditions_queue_url, json.dumps(dict(payload)), brief=True)


def page(owner_id: UUID, limit: int, after: UUID | None) -> tuple[list[Video], UUID | None]:
    """Return at most `limit` of an owner's videos, newest first, and the id to go on after."""
    query = _kept().where(videos.c.owner_id == owner_id)
    if after:
        query = query.where(videos.c.id < after)
    with reader() as db:
        ordered = query.order_by(videos.c.id.desc()).limit(limit + 1)
        rows = db.execute(ordered).mappings().all()
    found = [_video(row) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


def get(owner_id: UUID, video_id: UUID) -> Video:
    """Return a video; `Problem` not_found, for somebody else's too."""
    with reader() as db:
        return _video(_own(db, owner_id, video_id))


def publish(owner_id: UUID, video_id: UUID) -> Video:
    """Let everybody watch a video and vote for it; `Problem` not_found or video_not_ready."""
    with writer() as db:
        row = _own(db, owner_id, video_id, lock=True)
        if row["status"] == "ready":
            row = _turn(db, row, "public")
            rankings.enter(db, row)
    return _made(row)


def unpublish(caller_id: UUID, video_id: UUID, *, moderates: bool) -> Video:
    """Take a video out of the gallery; its votes wait for it. Like `publish`.

    Of other people's videos, whoever `moderates` sees those that are public.
    """
    with writer() as db:
        row = _locked(db, video_id)
        theirs = row["owner_id"] != caller_id
        if theirs and not (moderates and row["status"] == "public"):
            raise Problem("not_found")
        if row["status"] == "public":
            row = _turn(db, row, "ready")
            rankings.leave(db, row)
    return _made(row)


def _turn(db: sa.Connection, row: RowMapping, status: str) -> RowMapping:
    update = videos.update().where(videos.c.id == row["id"]).values(status=status)
    return db.execute(update.returning(videos)).mappings().one()


def _made(row: RowMapping) -> Video:
    if row["status"] not in _SHOWN:
        raise Problem("video_not_ready")
    return _video(row)


def delete(owner_id: UUID, video_id: UUID) -> None:
    """Delete a video, with its objects and its votes; `Problem` not_found or video_is_public."""
    with writer() as db:
        row = _own(db, owner_id, video_id, lock=True)
        if row["status"] == "public":
            raise Problem("video_is_public")
        gone = videos.update().where(videos.c.id == video_id)
        db.execute(gone.values(deleted_at=clock.now(), title=""))
        payload = {"video_id": str(video_id)}
        event = outbox.add(db, VIDEO_DELETED, payload)
    # It is gone for everybody: that what follows is late is no error of this request.
    with suppress(Unavailable, Refused, Retry):
        video_deleted(payload)
        outbox.done(event)


def video_deleted(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: delete the objects, the votes, and the row at last.

    Raises `Retry` while somebody may still be making it, or votes are left.
    """
    video_id = UUID(payload["video_id"])
    with writer() as db:
        row = db.execute(sa.select(videos).where(videos.c.id == video_id)).mappings().first()
    if row is None:
        return
    if row["leased_until"] and row["leased_until"] > clock.now():
        raise Retry("a worker may still write objects of the video")
    aws.s3_delete_below(settings().default_bucket, delivery.prefix(row))
    for _ in range(_STATEMENTS):
        with writer() as db:
            if not _forget_votes(db, video_id):
                db.execute(videos.delete().where(videos.c.id == video_id))
                return
    raise Retry("more votes are left than one try deletes")


def _forget_votes(db: sa.Connection, video_id: UUID) -> int:
    some = sa.select(votes.c.user_id).where(votes.c.video_id == video_id).limit(_BATCH)
    these = (votes.c.video_id == video_id, votes.c.user_id.in_(some))
    return db.execute(votes.delete().where(*these)).rowcount


def _kept() -> sa.Select[Any]:
    return sa.select(videos).where(videos.c.deleted_at.is_(None))


def _own(db: sa.Connection, owner_id: UUID, video_id: UUID, *, lock: bool = False) -> RowMapping:
    return _locked(db, video_id, videos.c.owner_id == owner_id, lock=lock)


def _locked(
    db: sa.Connection, video_id: UUID, *conditions: sa.ColumnElement[bool], lock: bool = True
) -> RowMapping:
    query = _kept().where(videos.c.id == video_id, *conditions)
    # Votes refer to the row, and may go on doing so.
    query = query.with_for_update(key_share=True) if lock else query
    row = db.execute(query).mappings().one_or_none()
    if row is None:
        raise Problem("not_found")
    return row


def _video(row: RowMapping) -> Video:
    watched = row["status"] in _SHOWN
    urls = delivery.urls(row) if watched else {"processed_url": None, "poster_url": None}
    return Video.model_validate({**row, **urls})
