"""Buckets, temporary links, pictures; plans and accounts tell DynamoDB of their versions.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from fragua import clock

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("plan_versions")))
    version = sa.text("nextval('plan_versions')")
    op.add_column(
        "plans", sa.Column("version", sa.BigInteger, nullable=False, server_default=version)
    )
    op.add_column(
        "users", sa.Column("buckets", ARRAY(sa.Text), nullable=False, server_default="{}")
    )
    _add_buckets()
    _add_links()
    _add_images()


def _add_buckets() -> None:
    buckets = op.create_table(
        "buckets",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("owner_id", sa.Uuid),
        sa.Column("s3_name", sa.Text(collation="C")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="buckets_pkey"),
        sa.UniqueConstraint("name", name="buckets_name_key"),
        sa.UniqueConstraint("s3_name", name="buckets_s3_name_key"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="buckets_owner_id_fkey"),
        sa.CheckConstraint("state in ('making', 'ready', 'dropping')", name="buckets_state_check"),
    )
    op.create_index("buckets_owner_id_id_idx", "buckets", ["owner_id", "id"])
    default = {"id": clock.new_id(), "name": "default", "state": "ready"}
    op.bulk_insert(buckets, [{**default, "created_at": clock.now()}])


def _add_links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("kid", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("max_downloads", sa.Integer),
        sa.Column("downloads", sa.Integer, nullable=False, server_default="0"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="links_pkey"),
        sa.UniqueConstraint("token_hash", name="links_token_hash_key"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="links_file_id_fkey"),
    )
    op.create_index(
        "links_file_id_id_idx",
        "links",
        ["file_id", "id"],
        postgresql_where=sa.text("revoked_at is null"),
    )


def _add_images() -> None:
    op.create_index(
        "files_owner_id_id_pictures_idx",
        "files",
        ["owner_id", "id"],
        postgresql_where=sa.text("deleted_at is null and detected_type like 'image/%'"),
    )
    # Pictures that are there already are looked at as new ones are.
    op.execute(
        "insert into outbox (id, kind, payload, due_at)"
        " select gen_random_uuid(), 'picture_published', jsonb_build_object('file_id', id), now()"
        " from files where deleted_at is null and detected_type like 'image/%'"
    )
    op.create_table(
        "images",
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("refusal", JSONB),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("format", sa.Text),
        sa.Column("dominant_color", sa.Text),
        sa.Column("thumbhash", sa.Text),
        sa.Column("heights", ARRAY(sa.Integer), nullable=False),
        sa.Column("thumbnails", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("file_id", name="images_pkey"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="images_file_id_fkey"),
        sa.CheckConstraint("status in ('ready', 'refused')", name="images_status_check"),
    )


def downgrade() -> None:
    op.drop_table("images")
    op.drop_index("files_owner_id_id_pictures_idx", "files")
    op.drop_table("links")
    op.drop_table("buckets")
    op.drop_column("users", "buckets")
    op.drop_column("plans", "version")
    op.execute(sa.schema.DropSequence(sa.Sequence("plan_versions")))
