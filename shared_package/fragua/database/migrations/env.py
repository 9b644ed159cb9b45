"""Alembic's entry: run the migrations on our own engine, each in a transaction of its own.

What one has locked it lets go of before the next one begins; indexes lock nothing.
"""

from __future__ import annotations

from alembic import context

# Importing a table is what puts it into the metadata that `alembic check` compares with.
from fragua.accounts import tables as _accounts  # noqa: F401
from fragua.buckets import tables as _buckets  # noqa: F401
from fragua.catalog import tables as _catalog  # noqa: F401
from fragua.database import outbox as _outbox  # noqa: F401
from fragua.database.engine import engine, unhurried
from fragua.database.metadata import metadata
from fragua.files import tables as _files  # noqa: F401
from fragua.images import tables as _images  # noqa: F401
from fragua.notifications import tables as _notifications  # noqa: F401

with unhurried(), engine().connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
