"""Files in PostgreSQL: a row appears when the bytes are whole and verified, never before.

Temporary links stand beside them: one row each, which every opening spends in one statement.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from fragua.database.metadata import metadata

files = sa.Table(
    "files",
    metadata,
    # UUIDv7 made at publication: sorting by id is sorting by time, and pages by it.
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("owner_id", sa.Uuid, sa.ForeignKey("users.id"), nullable=False),
    # One file an upload, however often its message is delivered.
    sa.Column("upload_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("file_name", sa.Text, nullable=False),
    # Folded by Python, compared byte by byte: prefixes are found by the index in any locale.
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
    # A deleted file leaves ids and a size: an upload must not become a file a second time.
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.Index(
        "files_owner_id_id_idx", "owner_id", "id", postgresql_where=sa.text("deleted_at is null")
    ),
    sa.Index(
        "files_owner_id_file_name_key_id_idx",
        "owner_id",
        "file_name_key",
        "id",
        postgresql_where=sa.text("deleted_at is null"),
    ),
    sa.Index(
        "files_owner_id_content_type_key_id_idx",
        "owner_id",
        "content_type_key",
        "id",
        postgresql_where=sa.text("deleted_at is null"),
    ),
    sa.Index(
        "files_owner_id_bucket_id_idx",
        "owner_id",
        "bucket",
        "id",
        # The column has the database's own collation, which knows no prefixes.
        postgresql_ops={"bucket": "text_pattern_ops"},
        postgresql_where=sa.text("deleted_at is null"),
    ),
    # Pictures alone: few files of many, mostly.
    sa.Index(
        "files_owner_id_id_pictures_idx",
        "owner_id",
        "id",
        postgresql_where=sa.text("deleted_at is null and detected_type like 'image/%'"),
    ),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("file_id", sa.Uuid, sa.ForeignKey("files.id"), nullable=False),
    # SHA-256 of the token, which nobody can read out of here.
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    # The signing key that the token was made of, where its request may be repeated.
    sa.Column("kid", sa.Text),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("max_downloads", sa.Integer),
    sa.Column("downloads", sa.Integer, nullable=False, server_default="0"),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    sa.Index(
        "links_file_id_id_idx", "file_id", "id", postgresql_where=sa.text("revoked_at is null")
    ),
)
