"""What is known of pictures. A file that is one and has no row here is still to be looked at."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from fragua.database.metadata import metadata

images = sa.Table(
    "images",
    metadata,
    sa.Column("file_id", sa.Uuid, sa.ForeignKey("files.id"), primary_key=True),
    # `ready` or `refused`, the latter with {code, detail}.
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("refusal", JSONB),
    # As displayed, in pixels.
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("format", sa.Text),
    sa.Column("dominant_color", sa.Text),
    sa.Column("thumbhash", sa.Text),
    # The heights of plans that thumbnails were made for, and [{height, width, content_type, size,
    # object_key}] of those that were made: a low picture has fewer.
    sa.Column("heights", ARRAY(sa.Integer), nullable=False),
    sa.Column("thumbnails", JSONB, nullable=False),
    sa.CheckConstraint("status in ('ready', 'refused')", name="status"),
)
