"""Files found by their names have their ids in the same index.

Revision: 0007, after 0006
"""

from __future__ import annotations

from fragua.database import indexes

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _replace(["owner_id", "file_name_key"], ["owner_id", "file_name_key", "id"])


def downgrade() -> None:
    _replace(["owner_id", "file_name_key", "id"], ["owner_id", "file_name_key"])


def _replace(old: list[str], new: list[str]) -> None:
    indexes.create(_name(new), "files", new, postgresql_where=indexes.KEPT)
    indexes.remove(_name(old), "files")


def _name(columns: list[str]) -> str:
    return f"files_{'_'.join(columns)}_idx"
