"""Users are found by their role and their plan.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for column in ("role", "plan"):
        kept = sa.text("deleted_at is null")
        op.create_index(f"users_{column}_id_idx", "users", [column, "id"], postgresql_where=kept)


def downgrade() -> None:
    for column in ("plan", "role"):
        op.drop_index(f"users_{column}_id_idx", "users")
