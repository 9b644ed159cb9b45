"""Idempotency keys.

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "repeats",
        sa.Column("scope", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("mac", sa.Text, nullable=False),
        sa.Column("made_id", sa.Uuid, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="repeats_pkey"),
    )
    op.create_index("repeats_ends_at_idx", "repeats", ["ends_at"])


def downgrade() -> None:
    op.drop_table("repeats")
