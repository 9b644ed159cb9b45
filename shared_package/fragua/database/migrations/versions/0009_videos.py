"""Videos, votes and what rankings are read from.

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _add_videos()
    _add_votes()
    _add_players()


def _add_videos() -> None:
    op.create_table(
        "videos",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default="processing"),
        sa.Column("failure", JSONB),
        sa.Column("duration", sa.Double),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("votes", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True)),
        sa.Column("worker", sa.Uuid),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="videos_pkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="videos_owner_id_fkey"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="videos_file_id_fkey"),
        sa.CheckConstraint(
            "status in ('processing', 'ready', 'failed', 'public')", name="videos_status_check"
        ),
        sa.CheckConstraint("deleted_at is null or status <> 'public'", name="videos_deleted_check"),
    )
    for name, column, rows in (
        ("videos_id_public_idx", ["id"], "status = 'public'"),
        ("videos_owner_id_id_idx", ["owner_id", "id"], "deleted_at is null"),
        ("videos_owner_id_id_processing_idx", ["owner_id", "id"], "status = 'processing'"),
        ("videos_leased_until_idx", ["leased_until"], "leased_until is not null"),
    ):
        op.create_index(name, "videos", column, postgresql_where=sa.text(rows))


def _add_votes() -> None:
    op.create_table(
        "votes",
        sa.Column("video_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("video_id", "user_id", name="votes_pkey"),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], name="votes_video_id_fkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="votes_user_id_fkey"),
    )


def _add_players() -> None:
    op.create_table(
        "players",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("videos", sa.Integer, nullable=False),
        sa.Column("votes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="players_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="players_user_id_fkey"),
        sa.CheckConstraint("videos >= 0 and votes >= 0", name="players_counters_check"),
    )
    op.create_index(
        "players_votes_user_id_idx",
        "players",
        ["votes", "user_id"],
        postgresql_where=sa.text("videos > 0"),
    )


def downgrade() -> None:
    for table in ("players", "votes", "videos"):
        op.drop_table(table)
