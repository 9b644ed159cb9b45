"""The public gallery: watched by everybody, newest first, and voted for by members."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError

from fragua import clock
from fragua.accounts import people
from fragua.database import listing, reader, repeats, writer
from fragua.database.engine import violated
from fragua.errors import Problem
from fragua.idempotency import Once
from fragua.videos import delivery
from fragua.videos.schemas import PublicVideo, Votes
from fragua.videos.tables import players, videos, votes


def page(city: str | None, limit: int, after: UUID | None) -> tuple[list[PublicVideo], UUID | None]:
    """Return at most `limit` public videos, newest first, and the id to go on after.

    Those whose owner's account is active; `city` is a case-insensitive prefix.
    """
    shown = people.shown()
    columns = (videos.c[name] for name in ("id", "owner_id", "title", "votes"))
    person = (shown.c.name.label("owner_name"), shown.c.city.label("owner_city"))
    # None that is public was deleted; said for the index by owners, who are few in most cities.
    kept = (videos.c.status == "public", videos.c.deleted_at.is_(None))
    query = sa.select(*columns, *person, shown.c.city_key).where(*kept)
    public = query.join(shown, shown.c.user_id == videos.c.owner_id).subquery("public")

    def narrowed(columns: listing.Columns) -> listing.Conditions:
        return people.from_city(columns.city_key, city)

    with reader() as db:
        rows = listing.newest(db, sa.select(public), narrowed, limit + 1, after)
    items = [PublicVideo.model_validate({**row, **delivery.urls(row)}) for row in rows[:limit]]
    return items, items[-1].id if len(rows) > limit else None


def vote(voter_id: UUID, video_id: UUID, once: Once | None = None) -> Votes:
    """Vote for a public video; `Problem` not_found, own_video or already_voted."""
    add = votes.insert().values(video_id=video_id, user_id=voter_id, created_at=clock.now())
    try:
        with writer() as db:
            before = repeats.made_before(db, f"votes:{voter_id}", once, video_id)
            public = _public(db, video_id)
            if before:
                return Votes(video_id=video_id, votes=public["votes"])
            if public["owner_id"] == voter_id:
                raise Problem("own_video")
            db.execute(add)
            return Votes(video_id=video_id, votes=_count(db, video_id, 1))
    except IntegrityError as error:
        # The video was there: only the voter's other vote can be in the way.
        code = "already_voted" if violated(error) == "votes_pkey" else "not_found"
        raise Problem(code) from error


def withdraw(voter_id: UUID, video_id: UUID) -> None:
    """Take a vote back; `Problem` not_found where there is none, or no such public video."""
    cast = (votes.c.video_id == video_id, votes.c.user_id == voter_id)
    with writer() as db:
        _public(db, video_id)
        if not db.execute(votes.delete().where(*cast)).rowcount:
            raise Problem("not_found")
        _count(db, video_id, -1)


def _public(db: sa.Connection, video_id: UUID) -> RowMapping:
    shown = people.shown()
    query = sa.select(videos.c.owner_id, videos.c.votes)
    joined = query.join(shown, shown.c.user_id == videos.c.owner_id)
    public = (videos.c.id == video_id, videos.c.status == "public")
    row = db.execute(joined.where(*public)).mappings().one_or_none()
    if row is None:
        raise Problem("not_found")
    return row


def _count(db: sa.Connection, video_id: UUID, more: int) -> int:
    """Count a vote with its video and the video's owner; `Problem` not_found if it went meanwhile.

    Last of all and in one statement: the others who vote for the same video wait from here on.
    """
    public = (videos.c.id == video_id, videos.c.status == "public")
    update = videos.update().where(*public).values(votes=videos.c.votes + more)
    counted = update.returning(videos.c.owner_id, videos.c.votes).cte("counted")
    theirs = players.update().where(players.c.user_id == counted.c.owner_id)
    player = theirs.values(votes=players.c.votes + more).returning(players.c.votes).cte("player")
    found: int | None = db.execute(sa.select(counted.c.votes).add_cte(player)).scalar()
    if found is None:
        raise Problem("not_found")
    return found
