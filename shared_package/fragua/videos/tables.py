"""Videos, the votes for them, and what rankings are read from."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from fragua.database.metadata import metadata

_KEPT = sa.text("deleted_at is null")

videos = sa.Table(
    "videos",
    metadata,
    # UUIDv7 made at submission: sorting by id is sorting by time, and pages by it.
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("owner_id", sa.Uuid, sa.ForeignKey("users.id"), nullable=False),
    # The file may go: what was made of it stays.
    sa.Column("file_id", sa.Uuid, sa.ForeignKey("files.id"), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="processing"),
    # Of a failed one: its `code` and `detail`.
    sa.Column("failure", JSONB),
    # Of the rendition: seconds, and pixels.
    sa.Column("duration", sa.Double),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    # Counted by whoever votes, in the transaction of the vote.
    sa.Column("votes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("processed_at", sa.DateTime(timezone=True)),
    # Who makes the rendition, until when he is believed to live, and how many have begun.
    sa.Column("worker", sa.Uuid),
    sa.Column("leased_until", sa.DateTime(timezone=True)),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # A deleted video waits here for its objects and votes to go.
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("status in ('processing', 'ready', 'failed', 'public')", name="status"),
    sa.Index("videos_owner_id_id_idx", "owner_id", "id", postgresql_where=_KEPT),
    sa.CheckConstraint("deleted_at is null or status <> 'public'", name="deleted"),
    sa.Index("videos_id_public_idx", "id", postgresql_where=sa.text("status = 'public'")),
    # Few: those that are to be made, and those that are being made.
    sa.Index(
        "videos_owner_id_id_processing_idx",
        "owner_id",
        "id",
        postgresql_where=sa.text("status = 'processing'"),
    ),
    sa.Index(
        "videos_leased_until_idx",
        "leased_until",
        postgresql_where=sa.text("leased_until is not null"),
    ),
)

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id"), primary_key=True),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)

# Whoever has, or had, a public video: how many, and the votes of all of them. Kept by whoever
# votes and publishes, in the same transaction: no ranking counts votes.
players = sa.Table(
    "players",
    metadata,
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("videos", sa.Integer, nullable=False),
    sa.Column("votes", sa.BigInteger, nullable=False),
    sa.CheckConstraint("videos >= 0 and votes >= 0", name="counters"),
    sa.Index(
        "players_votes_user_id_idx", "votes", "user_id", postgresql_where=sa.text("videos > 0")
    ),
)
