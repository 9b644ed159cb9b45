"""Files that a scanner found malware in: listed and shown, but their bytes go to nobody.

ready -> quarantined -> released. Nothing that a scanner says leads back from there: the bytes of a
file never change, so another finding is one that comes twice or late, and an operator has judged
it. Whoever asks is told that a released file is ready.
"""

from __future__ import annotations

import logging
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua.database import writer
from fragua.errors import Problem
from fragua.files.tables import files

log = logging.getLogger("fragua")

QUARANTINED, RELEASED = "quarantined", "released"

# What becomes of a file in which there is a threat, or none after all: from one state alone.
_MOVES = {True: ("ready", QUARANTINED), False: (QUARANTINED, RELEASED)}


def holds(row: RowMapping) -> bool:
    """Tell whether the bytes of a file are kept from everybody: `row` is one of `files`."""
    status: str = row["status"]
    return status == QUARANTINED


def refuse(row: RowMapping) -> None:
    """Raise `Problem` file_quarantined for such a file."""
    if holds(row):
        raise Problem("file_quarantined")


def free() -> sa.ColumnElement[bool]:
    """Say, in a statement about `files`, that the bytes of a file may be handed out."""
    return files.c.status != QUARANTINED


def judge(upload_id: UUID, s3_bucket: str, object_key: str, *, threat: bool) -> bool:
    """Quarantine the file that an object is, or release it; harmless to repeat.

    False where there is no such file, which may be still to come. True for a deleted one, too.
    """
    named = sa.and_(
        files.c.upload_id == upload_id,
        files.c.s3_bucket == s3_bucket,
        files.c.object_key == object_key,
    )
    before, after = _MOVES[threat]
    with writer() as db:
        # First of all: a row that is written just now is either seen here, or said not to be there.
        file_id = db.execute(sa.select(files.c.id).where(named)).scalar()
        if file_id is None:
            return False
        moving = sa.and_(
            files.c.id == file_id, files.c.status == before, files.c.deleted_at.is_(None)
        )
        moved = db.execute(files.update().where(moving).values(status=after)).rowcount
    if moved:
        log.warning(after, extra={"file_id": str(file_id)})
    return True
