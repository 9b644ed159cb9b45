"""Users who are there are found newest first, and by their addresses with their ids.

Revision: 0008, after 0007
"""

from __future__ import annotations

from fragua.database import indexes

revision = "0008"
down_revision = "0007"

_INDEXES = {"users_id_idx": ["id"], "users_email_key_id_idx": ["email_key", "id"]}


def upgrade() -> None:
    for name, columns in _INDEXES.items():
        indexes.create(name, "users", columns, postgresql_where=indexes.KEPT)


def downgrade() -> None:
    for name in _INDEXES:
        indexes.remove(name, "users")
