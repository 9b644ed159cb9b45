"""Products, their history and their views in PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from fragua.database.metadata import metadata

_KEPT = sa.text("deleted_at is null")

products = sa.Table(
    "products",
    metadata,
    # UUIDv7: sorting by id is sorting by time, and pages by it.
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    # Folded by Python and compared byte by byte, as all three keys: prefixes are found by the index
    # in any locale.
    sa.Column("sku_key", sa.Text(collation="C"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text(collation="C"), nullable=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("brand_key", sa.Text(collation="C"), nullable=False),
    sa.Column("price", sa.Numeric(14, 2), nullable=False),
    sa.Column("currency", sa.Text(collation="C"), nullable=False),
    sa.Column("image_file_ids", ARRAY(sa.Uuid), nullable=False, server_default="{}"),
    sa.Column("created_by", sa.Uuid, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("updated_by", sa.Uuid, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("price >= 0", name="price"),
    sa.Index("products_sku_key_key", "sku_key", unique=True, postgresql_where=_KEPT),
    # Lists are newest first: those that were deleted must not be walked through.
    sa.Index("products_id_idx", "id", postgresql_where=_KEPT),
    sa.Index("products_price_id_idx", "price", "id", postgresql_where=_KEPT),
    # With the price in it, an index alone tells which products of a brand are in a price range.
    *(
        sa.Index(
            f"products_{column}_id_idx",
            *(column, "id"),
            postgresql_include=["price"],
            postgresql_where=_KEPT,
        )
        for column in ("name_key", "brand_key")
    ),
)

# One row a change, kept for good: a SKU that is used again goes on with the history of the old one.
history = sa.Table(
    "product_history",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("product_id", sa.Uuid, sa.ForeignKey("products.id"), nullable=False),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("sku_key", sa.Text(collation="C"), nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("changed_by", sa.Uuid, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    # Of each field that changed, the value before and the value after.
    sa.Column("changes", JSONB, nullable=False),
    sa.CheckConstraint("action in ('created', 'updated', 'deleted')", name="action"),
    sa.Index("product_history_sku_key_id_idx", "sku_key", "id"),
)

# Views outlive their product.
views = sa.Table(
    "product_views",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("sku_key", sa.Text(collation="C"), primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("views", sa.BigInteger, nullable=False),
)

# The queue may deliver a view twice, and late: which ones were counted.
counted_views = sa.Table(
    "counted_views",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
