"""Indexes that migrations make and remove while the table is read and written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

# Most lists know nothing of what was deleted.
KEPT = sa.text("deleted_at is null")


def create(name: str, table: str, columns: Sequence[str], **options: Any) -> None:
    """Make an index, from the beginning if one that broke off is there.

    Outside of transactions, which would lock the table until they end.
    """
    remove(name, table)
    with op.get_context().autocommit_block():
        op.create_index(name, table, columns, postgresql_concurrently=True, **options)


def remove(name: str, table: str) -> None:
    """Remove an index, if it is there."""
    with op.get_context().autocommit_block():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
