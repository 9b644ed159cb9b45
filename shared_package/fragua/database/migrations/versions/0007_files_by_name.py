"""Files found by their names have their ids in the same index.

Revision: 0007, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _replace(["owner_id", "file_name_key"], ["owner_id", "file_name_key", "id"])


def downgrade() -> None:
    _replace(["owner_id", "file_name_key", "id"], ["owner_id", "file_name_key"])


def _replace(old: list[str], new: list[str]) -> None:
    op.create_index(_name(new), "files", new, postgresql_where=sa.text("deleted_at is null"))
    op.drop_index(_name(old), "files")


def _name(columns: list[str]) -> str:
    return f"files_{'_'.join(columns)}_idx"
