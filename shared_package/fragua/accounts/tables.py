"""Users and plans in PostgreSQL: the truth."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from fragua.database.metadata import metadata

# Raised by each change of any plan, so that a plan which is made anew is newer than the old one.
plan_versions = sa.Sequence("plan_versions", metadata=metadata)

plans = sa.Table(
    "plans",
    metadata,
    sa.Column("name", sa.Text(collation="C"), primary_key=True),
    sa.Column("thumbnail_heights", ARRAY(sa.Integer), nullable=False),
    sa.Column("original_link", sa.Boolean, nullable=False),
    sa.Column("temporary_links", sa.Boolean, nullable=False),
    sa.Column("max_file_size", sa.BigInteger, nullable=False),
    sa.Column("storage_quota", sa.BigInteger, nullable=False),
    sa.Column("max_buckets", sa.Integer, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False, server_default=plan_versions.next_value()),
)

_KEPT = sa.text("deleted_at is null")

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    # Folded by Python, not by lower(): that depends on the database's locale.
    sa.Column("email_key", sa.Text(collation="C"), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("first_name", sa.Text, nullable=False),
    sa.Column("last_name", sa.Text, nullable=False),
    sa.Column("city", sa.Text),
    # Folded as well: people are found by the beginning of their city's name.
    sa.Column("city_key", sa.Text(collation="C")),
    sa.Column("country", sa.Text),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column(
        "plan", sa.Text(collation="C"), sa.ForeignKey("plans.name"), nullable=False, index=True
    ),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    # Raised by each change that DynamoDB must know of; an older one never overwrites a newer one.
    sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
    # Sessions of an earlier epoch are over: raised by a new password, by logout
    # everywhere, and by the account's end.
    sa.Column("session_epoch", sa.BigInteger, nullable=False, server_default="1"),
    # The account's own buckets that take uploads, as `name/name in S3`: what the hot path knows.
    sa.Column("buckets", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    # Lists are newest first: those that were deleted must not be walked through.
    sa.Index("users_id_idx", "id", postgresql_where=_KEPT),
    # Few are admins, and each change of a product is told to all of them.
    *(
        sa.Index(f"users_{column}_id_idx", column, "id", postgresql_where=_KEPT)
        for column in ("role", "plan", "email_key", "city_key")
    ),
    sa.CheckConstraint("role in ('superadmin', 'admin', 'user')", name="role"),
    sa.Index(
        "users_email_key_key",
        "email_key",
        unique=True,
        postgresql_where=_KEPT,
    ),
)
