"""Buckets in PostgreSQL: names are unique in the deployment, and `default` is nobody's."""

from __future__ import annotations

import sqlalchemy as sa

from fragua.database.metadata import metadata

buckets = sa.Table(
    "buckets",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text(collation="C"), nullable=False, unique=True),
    sa.Column("owner_id", sa.Uuid, sa.ForeignKey("users.id")),
    # The name in S3: the deployment's prefix and something random. Null for the default one, whose
    # name stands in the settings.
    sa.Column("s3_name", sa.Text(collation="C"), unique=True),
    # `making` and `dropping` have an event in the outbox that brings them to their end.
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('making', 'ready', 'dropping')", name="state"),
    sa.Index("buckets_owner_id_id_idx", "owner_id", "id"),
)
