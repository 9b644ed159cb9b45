"""Users are found by their role and their plan.

Revision: 0005, after 0004
"""

from __future__ import annotations

from fragua.database import indexes

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for column in ("role", "plan"):
        indexes.create(
            f"users_{column}_id_idx", "users", [column, "id"], postgresql_where=indexes.KEPT
        )


def downgrade() -> None:
    for column in ("plan", "role"):
        indexes.remove(f"users_{column}_id_idx", "users")
