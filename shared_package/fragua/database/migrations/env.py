"""Alembic's entry: run the migrations on our own engine, each in a transaction of its own.

What one has locked it lets go of before the next one begins; indexes lock nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

# Importing a table is what puts it into the metadata that `alembic check` compares with.
from fragua.accounts import tables as _accounts  # noqa: F401
from fragua.buckets import tables as _buckets  # noqa: F401
from fragua.catalog import tables as _catalog  # noqa: F401
from fragua.database import outbox as _outbox  # noqa: F401
from fragua.database import repeats as _repeats  # noqa: F401
from fragua.database.engine import engine, unhurried
from fragua.database.metadata import metadata
from fragua.files import tables as _files  # noqa: F401
from fragua.images import tables as _images  # noqa: F401
from fragua.notifications import tables as _notifications  # noqa: F401
from fragua.videos import tables as _videos  # noqa: F401

# Any number that nobody else takes for a lock.
_LOCK = sa.text("select pg_try_advisory_lock(7073)")

with unhurried(), engine().connect() as connection:
    # Two at once would remove each other's indexes. Nobody waits: who waits has a snapshot, and an
    # index is made only when there is no older one.
    if not connection.execute(_LOCK).scalar():
        raise RuntimeError("another migration is under way")
    connection.commit()
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        # The lock is the connection's, and ends with it, however a migration ended.
        connection.invalidate()
