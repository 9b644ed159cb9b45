"""Temporary links: whoever has the token gets the file, so long and so often as its owner said."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua import clock
from fragua.accounts import plans
from fragua.database import reader, repeats, writer
from fragua.errors import Problem
from fragua.files import delivery, quarantine
from fragua.files.schemas import CreatedLink, Download, Link, NewLink, Preview
from fragua.files.tables import files, links
from fragua.idempotency import Once
from fragua.schemas import is_id
from fragua.settings import settings

# Seconds that a redirect lives which a link gave out: so long may it outlive a revocation.
_REDIRECT = 60
# Bytes of a token, as many as nobody guesses; in hex, which survives every terminal and e-mail.
_TOKEN = 20


def create(
    owner_id: UUID, file_id: UUID, new: NewLink, base_url: str, once: Once | None = None
) -> CreatedLink:
    """Make a link; `Problem` not_found, plan_forbids or file_quarantined.

    The token is told now, and again to a repetition of the same request.
    """
    link_id = clock.new_id()
    with writer() as db:
        made = repeats.made_before(db, f"links:{owner_id}", once, link_id)
        if made is None:
            _require_sharing(db, owner_id, file_id)
            kid, token = _token(link_id, once)
            row = _insert(db, link_id, file_id, new, token_hash=_hash(token), kid=kid)
        else:
            row = db.execute(sa.select(links).where(links.c.id == made)).mappings().one()
            _, token = _token(made, once, row["kid"])
    return CreatedLink.model_validate({**row, "token": token, "url": f"{base_url}/l/{token}"})


def _require_sharing(db: sa.Connection, owner_id: UUID, file_id: UUID) -> None:
    row = _own(db, owner_id, file_id)
    if not plans.of(db, owner_id)["temporary_links"]:
        raise Problem("plan_forbids")
    quarantine.refuse(row)


def _own(db: sa.Connection, owner_id: UUID, file_id: UUID) -> RowMapping:
    own = (files.c.owner_id == owner_id, files.c.id == file_id, files.c.deleted_at.is_(None))
    row = db.execute(sa.select(files.c.status).where(*own)).mappings().one_or_none()
    if row is None:
        raise Problem("not_found")
    return row


def _token(link_id: UUID, once: Once | None, kid: str | None = None) -> tuple[str | None, str]:
    """Return a token and the name of the signing key that it was made of.

    Only a request that may be repeated has such a key: what is kept of a token can't be read back,
    so it has to be made again. All others are random.
    """
    if once is None:
        return None, secrets.token_hex(_TOKEN)
    name, digest = once.derived(f"link\n{link_id}", kid)
    return name, digest[:_TOKEN].hex()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _insert(
    db: sa.Connection, link_id: UUID, file_id: UUID, new: NewLink, **secret: Any
) -> RowMapping:
    now = clock.now()
    lifetime = timedelta(seconds=settings().scaled(new.expires_in))
    values = {"id": link_id, "file_id": file_id, "max_downloads": new.max_downloads, **secret}
    times = {"created_at": now, "expires_at": now + lifetime}
    return db.execute(links.insert().values(values | times).returning(links)).mappings().one()


def page(
    owner_id: UUID, file_id: UUID, limit: int, after: UUID | None
) -> tuple[list[Link], UUID | None]:
    """Return at most `limit` links of a file that were not revoked, newest first; `not_found`."""
    query = sa.select(links).where(links.c.file_id == file_id, links.c.revoked_at.is_(None))
    if after:
        query = query.where(links.c.id < after)
    with reader() as db:
        _own(db, owner_id, file_id)
        rows = db.execute(query.order_by(links.c.id.desc()).limit(limit + 1)).mappings().all()
    found = [Link.model_validate(row) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


def revoke(owner_id: UUID, named: str) -> None:
    """End a link, named by its id or its token; harmless to repeat. `Problem` not_found."""
    name = links.c.token_hash == _hash(named)
    if is_id(named):
        name = links.c.id == UUID(named)
    own = sa.and_(name, links.c.file_id == files.c.id, files.c.owner_id == owner_id)
    now = sa.func.coalesce(links.c.revoked_at, clock.now())
    with writer() as db:
        if not db.execute(links.update().where(own).values(revoked_at=now)).rowcount:
            raise Problem("not_found")


def follow(token: str) -> Download:
    """Spend one download of a link; `Problem` not_found or link_ended."""
    spend = links.update().where(links.c.token_hash == _hash(token), *_alive())
    spent = spend.values(downloads=links.c.downloads + 1).returning(links.c.expires_at, files)
    with writer() as db:
        row = db.execute(spent).mappings().one_or_none()
        if row is None:
            raise _ended(db, token)
    left = row["expires_at"].timestamp() - clock.timestamp()
    return delivery.link(row, inline=False, lifetime=min(settings().scaled(_REDIRECT), left))


def look(token: str) -> Preview:
    """Tell what a link leads to, and count nothing; `Problem` not_found or link_ended."""
    query = sa.select(links.c.expires_at, files).where(
        links.c.token_hash == _hash(token), *_alive()
    )
    with writer() as db:
        row = db.execute(query).mappings().one_or_none()
        if row is None:
            raise _ended(db, token)
    return Preview.model_validate(row)


def _alive() -> tuple[sa.ColumnElement[bool], ...]:
    """Say what has to hold for a link to work, of itself, its file, the owner and the plan."""
    return (
        links.c.revoked_at.is_(None),
        links.c.expires_at > clock.now(),
        sa.or_(links.c.max_downloads.is_(None), links.c.downloads < links.c.max_downloads),
        files.c.id == links.c.file_id,
        files.c.deleted_at.is_(None),
        quarantine.free(),
        files.c.owner_id.in_(plans.sharing()),
    )


def _ended(db: sa.Connection, token: str) -> Problem:
    known = sa.select(links.c.id).where(links.c.token_hash == _hash(token))
    return Problem("link_ended" if db.execute(known).first() else "not_found")
