"""Plans, users, files and the outbox.

Revision: 0001, after None
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None

GIB, TIB = 2**30, 2**40
BUILT_IN = [
    # name, heights, original, links, max_file_size, storage_quota, max_buckets
    ("basic", [200], False, False, 5 * GIB, 15 * GIB, 3),
    ("premium", [200, 400], True, False, 50 * GIB, TIB, 10),
    ("enterprise", [200, 400], True, True, 5 * TIB, 50 * TIB, 50),
]


def upgrade() -> None:
    plans = op.create_table(
        "plans",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("thumbnail_heights", ARRAY(sa.Integer), nullable=False),
        sa.Column("original_link", sa.Boolean, nullable=False),
        sa.Column("temporary_links", sa.Boolean, nullable=False),
        sa.Column("max_file_size", sa.BigInteger, nullable=False),
        sa.Column("storage_quota", sa.BigInteger, nullable=False),
        sa.Column("max_buckets", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="plans_pkey"),
    )
    names = [column.name for column in plans.columns]
    op.bulk_insert(plans, [dict(zip(names, row, strict=True)) for row in BUILT_IN])
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text(collation="C"), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("first_name", sa.Text, nullable=False),
        sa.Column("last_name", sa.Text, nullable=False),
        sa.Column("city", sa.Text),
        sa.Column("country", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("plan", sa.Text(collation="C"), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("session_epoch", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="users_pkey"),
        sa.ForeignKeyConstraint(["plan"], ["plans.name"], name="users_plan_fkey"),
        sa.CheckConstraint("role in ('superadmin', 'admin', 'user')", name="users_role_check"),
    )
    op.create_index(
        "users_email_key_key",
        "users",
        ["email_key"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("users_plan_idx", "users", ["plan"])
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("upload_id", sa.Uuid, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("file_name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("content_type_key", sa.Text(collation="C"), nullable=False),
        sa.Column("detected_type", sa.Text),
        sa.Column("bucket", sa.Text, nullable=False),
        sa.Column("s3_bucket", sa.Text, nullable=False),
        sa.Column("object_key", sa.Text, nullable=False),
        sa.Column("checksums", JSONB, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="files_pkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="files_owner_id_fkey"),
        sa.UniqueConstraint("upload_id", name="files_upload_id_key"),
    )
    kept = sa.text("deleted_at is null")
    for columns in (["owner_id", "id"], ["owner_id", "file_name_key"]):
        name = f"files_{'_'.join(columns)}_idx"
        op.create_index(name, "files", columns, postgresql_where=kept)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="outbox_pkey"),
    )
    op.create_index("outbox_due_at_idx", "outbox", ["due_at"])


def downgrade() -> None:
    for table in ("outbox", "files", "users", "plans"):
        op.drop_table(table)
