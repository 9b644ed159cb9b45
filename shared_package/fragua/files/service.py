"""Use cases of files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert

from fragua import aws, clock, dynamodb
from fragua.accounts import quota
from fragua.database import listing, outbox, reader, writer
from fragua.errors import Problem, Refused, Unavailable
from fragua.files import delivery, quarantine
from fragua.files.schemas import Download, File, is_picture
from fragua.files.tables import files
from fragua.settings import settings

# Events of this room in the outbox.
FILE_DELETED = "file_deleted"
PICTURE_PUBLISHED = "picture_published"

# What a deleted file is stripped of: its row stays, its owner's words do not.
_DELETED: dict[str, Any] = {"file_name": "", "file_name_key": "", "checksums": {}}


@dataclass(frozen=True)
class NewFile:
    """A finished object that becomes a file. `checksums` maps algorithm to base64."""

    owner_id: UUID
    upload_id: UUID
    file_name: str
    size: int
    content_type: str
    detected_type: str | None
    bucket: str
    s3_bucket: str
    object_key: str
    checksums: dict[str, str]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to. Text is a case-insensitive prefix; `created_before` excludes."""

    bucket: str | None = None
    name: str | None = None
    content_type: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


def publish(new: NewFile) -> UUID:
    """Make the row of a finished object, once however often it is asked for; return its id."""
    add = insert(files).values(_row(new)).on_conflict_do_nothing(index_elements=["upload_id"])
    event, payload = None, dict[str, str]()
    with writer() as db:
        added = db.execute(add.returning(files)).mappings().one_or_none()
        if added and is_picture(added):
            payload = {"file_id": str(added["id"])}
            event = outbox.add(db, PICTURE_PUBLISHED, payload)
        query = sa.select(files.c.id).where(files.c.upload_id == new.upload_id)
        published: UUID = db.execute(query).scalar_one()
    if event:
        # The file is there; its thumbnails may be late.
        with suppress(Unavailable, Refused):
            picture_published(payload)
            outbox.done(event)
    return published


def picture_published(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: tell the worker that makes thumbnails."""
    _tell_worker(payload["file_id"])


def _tell_worker(file_id: str) -> None:
    aws.send(settings().thumbnails_queue_url, json.dumps({"file_id": file_id}))


def _row(new: NewFile) -> dict[str, Any]:
    file_id = clock.new_id()
    return asdict(new) | {
        "id": file_id,
        "file_name_key": new.file_name.casefold(),
        "content_type_key": new.content_type.casefold(),
        "status": "ready",
        "created_at": clock.id_time(file_id),
    }


def find_by_upload(upload_id: UUID) -> UUID | None:
    """Return the id of the file that an upload became, if it did, deleted or not."""
    with writer() as db:
        return db.execute(sa.select(files.c.id).where(files.c.upload_id == upload_id)).scalar()


def is_deleted(upload_id: UUID) -> bool:
    """Tell whether an upload became a file that was deleted since."""
    gone = sa.and_(files.c.upload_id == upload_id, files.c.deleted_at.is_not(None))
    with writer() as db:
        return db.execute(sa.select(files.c.id).where(gone)).first() is not None


def withdraw(new: NewFile) -> None:
    """See to it that an upload that has failed is no file, nor becomes one any more."""
    gone = _DELETED | {"deleted_at": clock.now()}
    tombstone = insert(files).values(_row(new) | gone)
    tombstone = tombstone.on_conflict_do_update(
        index_elements=["upload_id"], set_=gone, where=files.c.deleted_at.is_(None)
    )
    with writer() as db:
        row = db.execute(tombstone.returning(files)).mappings().one_or_none()
        if row and is_picture(row):
            # The worker takes away what it may have made of it already.
            outbox.add(db, PICTURE_PUBLISHED, {"file_id": str(row["id"])})


def page(
    owner_id: UUID, filters: Filters, limit: int, after: UUID | None
) -> tuple[list[File], UUID | None]:
    """Return at most `limit` files of an owner, newest first, and the id to go on after."""
    kept = sa.select(files).where(files.c.owner_id == owner_id, files.c.deleted_at.is_(None))
    # An id carries the time of its file, so the list's own index finds both ends.
    if filters.created_after:
        kept = kept.where(files.c.id >= clock.first_id_at(filters.created_after))
    if filters.created_before:
        kept = kept.where(files.c.id < clock.first_id_at(filters.created_before))
    with reader() as db:
        rows = listing.newest(db, kept, partial(_conditions, filters), limit + 1, after)
    found = [File.of(row) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


def _conditions(filters: Filters, columns: listing.Columns) -> listing.Conditions:
    texts = (
        (columns.bucket, filters.bucket),
        (columns.file_name_key, filters.name),
        (columns.content_type_key, filters.content_type),
    )
    return [
        column.startswith(prefix.casefold(), autoescape=True) for column, prefix in texts if prefix
    ]


def any_in(owner_id: UUID, bucket: str) -> bool:
    """Tell whether an owner has files in a bucket."""
    kept = (files.c.owner_id == owner_id, files.c.bucket == bucket, files.c.deleted_at.is_(None))
    with writer() as db:
        return db.execute(sa.select(files.c.id).where(*kept).limit(1)).first() is not None


def get(owner_id: UUID, file_id: UUID) -> File:
    """Return one file; `Problem` not_found, for somebody else's too."""
    return File.of(_find(owner_id, file_id))


def _find(owner_id: UUID, file_id: UUID) -> RowMapping:
    with reader() as db:
        row = find_own(db, owner_id, file_id)
    if row is None:
        raise Problem("not_found")
    return row


def _own(owner_id: UUID, file_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        files.c.owner_id == owner_id, files.c.id == file_id, files.c.deleted_at.is_(None)
    )


def rename(owner_id: UUID, file_id: UUID, file_name: str) -> File:
    """Give a file another name; `Problem` not_found."""
    change = files.update().where(_own(owner_id, file_id)).returning(files)
    values = {"file_name": file_name, "file_name_key": file_name.casefold()}
    with writer() as db:
        row = db.execute(change.values(values)).mappings().one_or_none()
    if row is None:
        raise Problem("not_found")
    return File.of(row)


def download(owner_id: UUID, file_id: UUID, *, inline: bool) -> Download:
    """Return a presigned URL of a file's bytes; `Problem` not_found or file_quarantined."""
    row = _find(owner_id, file_id)
    quarantine.refuse(row)
    return delivery.link(row, inline=inline)


def delete(owner_id: UUID, file_id: UUID) -> None:
    """Delete a file; its bytes and its share of the quota follow at once, or by the sweeper."""
    with writer() as db:
        gone = files.update().where(_own(owner_id, file_id)).returning(files)
        values = _DELETED | {"deleted_at": clock.now()}
        row = db.execute(gone.values(values)).mappings().one_or_none()
        if row is None:
            raise Problem("not_found")
        payload = {
            "owner_id": str(owner_id),
            "upload_id": str(row["upload_id"]),
            "s3_bucket": row["s3_bucket"],
            "object_key": row["object_key"],
            "size": row["size"],
            "derived": derived_prefix(row) if is_picture(row) else None,
            "file_id": str(file_id),
        }
        event = outbox.add(db, FILE_DELETED, payload)
    # The file is gone for everybody: that what follows is late is no error of this request.
    with suppress(Unavailable, Refused):
        file_deleted(payload)
        outbox.done(event)


def file_deleted(payload: Mapping[str, Any]) -> None:
    """Do the work of an outbox event: delete the objects, give the quota back; once each."""
    aws.s3_gone("delete_object", Bucket=payload["s3_bucket"], Key=payload["object_key"])
    if payload.get("derived"):
        aws.s3_delete_below(payload["s3_bucket"], payload["derived"])
    owner_id, upload_id = UUID(payload["owner_id"]), UUID(payload["upload_id"])
    dynamodb.transact(quota.release(owner_id, upload_id, payload["size"]))
    if payload.get("derived"):
        # The worker forgets what is known of it, and takes away what was made of it just now.
        _tell_worker(payload["file_id"])


def pictures() -> sa.Subquery:
    """Select all pictures that are kept, for a query of another room's."""
    kept = (files.c.deleted_at.is_(None), files.c.detected_type.like("image/%"))
    return sa.select(files).where(*kept).subquery("pictures")


def window(after: RowMapping | None, size: int, owner_id: UUID | None = None) -> sa.Select[UUID]:
    """Select the ids of the next `size` pictures, by owner and id, as their index has them.

    Everybody's, or of one owner alone.
    """
    kept = (files.c.deleted_at.is_(None), files.c.detected_type.like("image/%"))
    query = sa.select(files.c.id).where(*kept).order_by(files.c.owner_id, files.c.id).limit(size)
    if owner_id:
        query = query.where(files.c.owner_id == owner_id)
    if after:
        here = sa.tuple_(files.c.owner_id, files.c.id)
        query = query.where(here > sa.tuple_(after["owner_id"], after["id"]))
    return query


def find_any(db: sa.Connection, file_id: UUID) -> RowMapping | None:
    """Return a file's row, whoever has it, deleted or not."""
    return db.execute(sa.select(files).where(files.c.id == file_id)).mappings().one_or_none()


def find_own(db: sa.Connection, owner_id: UUID, file_id: UUID) -> RowMapping | None:
    """Return the row of an owner's file that was not deleted."""
    return db.execute(sa.select(files).where(_own(owner_id, file_id))).mappings().one_or_none()


def is_kept_picture(row: RowMapping) -> bool:
    """Tell whether a file is a picture, and was not deleted."""
    return row["deleted_at"] is None and is_picture(row)


def hold(db: sa.Connection, file_id: UUID) -> bool:
    """Keep a file from being deleted until the transaction ends; False when it was already."""
    kept = sa.select(files.c.id).where(files.c.id == file_id, files.c.deleted_at.is_(None))
    return db.execute(kept.with_for_update(key_share=True)).first() is not None


def derived_prefix(row: RowMapping) -> str:
    """Return the prefix of the objects that were made out of a file; they go with it."""
    return f"thumbnails/{row['owner_id']}/{row['id']}/"


def delete_derived(row: RowMapping) -> None:
    """Delete what was made out of a file that is gone; harmless to repeat."""
    aws.s3_delete_below(row["s3_bucket"], derived_prefix(row))


def show(row: RowMapping) -> Download:
    """Return a presigned URL to show a file by, where its type is safe to show."""
    return delivery.link(row, inline=True)
