"""How far a replica is behind: positions in the write-ahead log, as numbers of bytes.

Streaming replication hands the log over as it is, so the writer's position and a replica's compare
(PostgreSQL's documentation, "Backup Control Functions" and "Recovery Information Functions").
"""

from __future__ import annotations

import sqlalchemy as sa

# What is inserted, rather than written: a commit that did not wait for the disk is before it, too.
_POSITION = sa.text("select (pg_current_wal_insert_lsn() - '0/0')::bigint")
# A server that replays nothing is the writer itself, or became one. One that does not say how far
# it is has come to nothing.
_REPLAYED = sa.text(
    "select case when pg_is_in_recovery()"
    " then coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint end"
)
# Bytes of a page of the log, and of the longest header that one begins with.
_PAGE, _HEADER = 8192, 40


def position(writer: sa.Connection) -> int:
    """Return a position that lies after all that is committed by now."""
    inserted: int = writer.execute(_POSITION).scalar_one()
    return end(inserted)


def end(inserted: int) -> int:
    """Return the end of the last record before the place where the next one is inserted.

    The place for the next one is after the header of its page, even while that is all there is of
    the page; a replica that has everything is before it then.
    """
    into_page = inserted % _PAGE
    return inserted - into_page if into_page <= _HEADER else inserted


def has(replica: sa.Connection, wanted: int) -> bool:
    """Tell whether all that lies before a position can be read on this connection.

    It is remembered with the connection, which always leads to the same server: as a rule, nothing
    is asked.
    """
    if replica.info.get("replayed", 0) >= wanted:
        return True
    replayed: int | None = replica.execute(_REPLAYED).scalar_one()
    if replayed is None:
        return True
    replica.info["replayed"] = replayed
    return replayed >= wanted
