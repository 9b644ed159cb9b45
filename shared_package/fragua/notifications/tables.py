"""Notifications in PostgreSQL: who is told of which change."""

from __future__ import annotations

import sqlalchemy as sa

from fragua.database.metadata import metadata

notifications = sa.Table(
    "notifications",
    metadata,
    # UUIDv7 made when somebody is told: sorting by id is sorting by time.
    sa.Column("id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id"), nullable=False),
    # What is told stands in the product's history.
    sa.Column("history_id", sa.Uuid, sa.ForeignKey("product_history.id"), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("mailed_at", sa.DateTime(timezone=True)),
    sa.Column("read_at", sa.DateTime(timezone=True)),
    # Once each, however often the message about the change is delivered.
    sa.UniqueConstraint("history_id", "user_id"),
    # No index has all ids alone: PostgreSQL would walk through everybody's for the few of one.
    sa.PrimaryKeyConstraint("user_id", "id"),
)
