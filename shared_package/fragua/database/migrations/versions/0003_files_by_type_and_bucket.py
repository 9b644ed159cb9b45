"""Lists of files narrowed by type or bucket find their rows by an index.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEPT = sa.text("deleted_at is null")


def upgrade() -> None:
    op.create_index(
        "files_owner_id_content_type_key_id_idx",
        "files",
        ["owner_id", "content_type_key", "id"],
        postgresql_where=KEPT,
    )
    op.create_index(
        "files_owner_id_bucket_id_idx",
        "files",
        ["owner_id", "bucket", "id"],
        # The column has the database's own collation, which knows no prefixes.
        postgresql_ops={"bucket": "text_pattern_ops"},
        postgresql_where=KEPT,
    )


def downgrade() -> None:
    for column in ("content_type_key", "bucket"):
        op.drop_index(f"files_owner_id_{column}_id_idx", "files")
