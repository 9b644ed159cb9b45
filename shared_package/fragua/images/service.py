"""Pictures as their owners see them: what the plan allows of what was made."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua.accounts import plans
from fragua.database import reader
from fragua.errors import Problem
from fragua.files import quarantine
from fragua.files import service as files
from fragua.images.schemas import Format, Image, Picture, Thumbnail
from fragua.images.tables import images
from fragua.presigning import presign
from fragua.settings import settings

__all__ = ["Picture", "get", "page", "pictures", "strangers"]

# Seconds that a thumbnail's URL lives.
_URL_LIFETIME = 3600

_PICTURES = files.pictures()
# A picture without a row of its own has not been looked at yet.
_SHOWN = (
    sa.select(_PICTURES, *(c for c in images.c if c.name not in ("file_id", "status")))
    .add_columns(sa.func.coalesce(images.c.status, "processing").label("state"))
    .select_from(_PICTURES.outerjoin(images, images.c.file_id == _PICTURES.c.id))
)


def page(
    owner_id: UUID, limit: int, after: UUID | None, kind: Format
) -> tuple[list[Image], UUID | None]:
    """Return at most `limit` of an owner's pictures, newest first, and the id to go on after."""
    query = _SHOWN.where(_PICTURES.c.owner_id == owner_id)
    if after:
        query = query.where(_PICTURES.c.id < after)
    with reader() as db:
        plan = plans.of(db, owner_id)
        ordered = query.order_by(_PICTURES.c.id.desc()).limit(limit + 1)
        rows = db.execute(ordered).mappings().all()
    found = [_image(row, plan, kind) for row in rows[:limit]]
    return found, found[-1].file_id if len(rows) > limit else None


def get(owner_id: UUID, file_id: UUID, kind: Format) -> Image:
    """Return one picture; `Problem` not_found, also for a file that is none."""
    own = (_PICTURES.c.owner_id == owner_id, _PICTURES.c.id == file_id)
    with reader() as db:
        plan = plans.of(db, owner_id)
        row = db.execute(_SHOWN.where(*own)).mappings().one_or_none()
    if row is None:
        raise Problem("not_found")
    return _image(row, plan, kind)


def strangers(db: sa.Connection, owner_id: UUID, file_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the files that are no pictures of this owner."""
    own = (_PICTURES.c.owner_id == owner_id, _PICTURES.c.id.in_(file_ids))
    return set(file_ids) - set(db.execute(sa.select(_PICTURES.c.id).where(*own)).scalars())


def ready() -> sa.Subquery:
    """Select `file_id` of all pictures that are ready, for a query of another room's."""
    query = sa.select(images.c.file_id).join(_PICTURES, _PICTURES.c.id == images.c.file_id)
    return query.where(images.c.status == "ready").subquery("ready")


def pictures(
    db: sa.Connection, file_ids: Collection[UUID] | sa.Select[UUID]
) -> dict[UUID, Picture]:
    """Return those of the files that are pictures and ready, whoever has them.

    The thumbnails are WebP, of the heights that the plan of the owner has.
    """
    heights = plans.heights()
    query = _SHOWN.add_columns(heights.c.thumbnail_heights)
    query = query.join(heights, heights.c.user_id == _PICTURES.c.owner_id)
    ready = (_PICTURES.c.id.in_(file_ids), images.c.status == "ready")
    rows = db.execute(query.where(*ready)).mappings()
    return {
        row["id"]: Picture(
            file_id=row["id"],
            width=row["width"],
            height=row["height"],
            thumbnails=_thumbnails(row, row["thumbnail_heights"], "webp"),
        )
        for row in rows
    }


def _image(row: RowMapping, plan: RowMapping, kind: Format) -> Image:
    shown = row["state"] == "ready"
    # Thumbnails are pixels that were encoded anew: nothing that was in the file is in them.
    handed_out = plan["original_link"] and not quarantine.holds(row)
    original = files.show(row).url if handed_out else None
    return Image(
        file_id=row["id"],
        name=row["file_name"],
        status=row["state"],
        refusal=row["refusal"],
        **{
            name: row[name] for name in ("width", "height", "format", "dominant_color", "thumbhash")
        },
        thumbnails=_thumbnails(row, plan["thumbnail_heights"], kind) if shown else [],
        original_url=original,
    )


def _thumbnails(row: RowMapping, heights: Collection[int], kind: Format) -> list[Thumbnail]:
    """Presign the thumbnails of one kind whose heights the plan has, from the lowest up."""
    # A picture lower than a height has a thumbnail of its own height instead.
    allowed = {min(height, row["height"]) for height in heights}
    chosen = [
        thumbnail
        for thumbnail in row["thumbnails"]
        if thumbnail["height"] in allowed and thumbnail["content_type"] == f"image/{kind}"
    ]
    return [
        Thumbnail(url=_url(row["s3_bucket"], thumbnail["object_key"]), **thumbnail)
        for thumbnail in sorted(chosen, key=lambda thumbnail: thumbnail["height"])
    ]


def _url(bucket: str, key: str) -> str:
    lifetime = max(1, int(settings().scaled(_URL_LIFETIME)))
    return presign("GET", bucket, key, expires_in=lifetime)
