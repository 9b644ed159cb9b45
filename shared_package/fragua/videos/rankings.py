"""Who has how many votes: read from counters that are kept with each vote, never counted anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert

from fragua.accounts import people
from fragua.database import listing, reader
from fragua.errors import Invalid
from fragua.videos.schemas import Ranked
from fragua.videos.tables import players

_NUMBER = r"(0|[1-9]\d{0,17})"
_ID = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_PLACE = re.compile(f"{_NUMBER}/{_ID}/{_NUMBER}/{_NUMBER}", re.ASCII)


@dataclass(frozen=True)
class Place:
    """Where a page ends: whom, with how many votes and which position, and how many stood so far.

    With it the next page needs nobody to count those before it.
    """

    votes: int
    user_id: UUID
    position: int
    seen: int

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """Read what `write` wrote; `Invalid` for anything else."""
        if text is None:
            return None
        found = _PLACE.fullmatch(text)
        if found is None:
            raise Invalid(("/cursor", "is not a cursor that this list gave out"))
        votes, user_id, position, seen = found.groups()
        return cls(int(votes), UUID(user_id), int(position), int(seen))

    def write(self) -> str:
        """Write it as a text for a cursor."""
        return f"{self.votes}/{self.user_id}/{self.position}/{self.seen}"


_BEGIN = Place(-1, UUID(int=0), 0, 0)


def page(city: str | None, limit: int, after: Place | None) -> tuple[list[Ranked], Place | None]:
    """Return at most `limit` people, most votes first, and the place to go on after.

    Those who have a public video and whose account is active; `city` is a case-insensitive prefix,
    and positions are those among the people of it.
    """
    shown = people.shown()
    query = sa.select(players.c.user_id, players.c.votes, shown.c.name, shown.c.city)
    query = query.add_columns(shown.c.city_key).where(players.c.videos > 0)
    ranked = query.join(shown, shown.c.user_id == players.c.user_id).subquery("ranked")
    rows = sa.select(ranked)
    if after:
        here = sa.tuple_(ranked.c.votes, ranked.c.user_id)
        rows = rows.where(here < sa.tuple_(after.votes, after.user_id))

    def narrowed(columns: listing.Columns) -> listing.Conditions:
        return people.from_city(columns.city_key, city)

    with reader() as db:
        found = listing.highest(db, rows, narrowed, limit + 1, ("votes", "user_id"))
    placed = list(_placed(found[:limit], after or _BEGIN))
    items = [
        Ranked(position=place.position, **{name: row[name] for name in _FIELDS})
        for row, place in placed
    ]
    return items, placed[-1][1] if len(found) > limit else None


_FIELDS = ("user_id", "name", "city", "votes")


def _placed(rows: Sequence[RowMapping], before: Place) -> Iterator[tuple[RowMapping, Place]]:
    """Give each his position: that of the one before who has as many votes, or the next free."""
    for row in rows:
        seen = before.seen + 1
        position = before.position if row["votes"] == before.votes else seen
        before = Place(row["votes"], row["user_id"], position, seen)
        yield row, before


def enter(db: sa.Connection, video: Mapping[Any, Any]) -> None:
    """Count a video that became public, and its votes, in the transaction that says so."""
    add = insert(players).values(user_id=video["owner_id"], videos=1, votes=video["votes"])
    more = {"videos": players.c.videos + 1, "votes": players.c.votes + add.excluded.votes}
    db.execute(add.on_conflict_do_update(index_elements=["user_id"], set_=more))


def leave(db: sa.Connection, video: Mapping[Any, Any]) -> None:
    """Count a video no more that is public no more."""
    less = {"videos": players.c.videos - 1, "votes": players.c.votes - video["votes"]}
    db.execute(players.update().where(players.c.user_id == video["owner_id"]).values(less))
