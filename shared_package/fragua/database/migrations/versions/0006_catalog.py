"""Products, their history and views; notifications.

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0006"
down_revision = "0005"

_KEPT = sa.text("deleted_at is null")


def upgrade() -> None:
    _add_products()
    _add_history()
    _add_views()
    _add_notifications()


def _add_products() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("sku_key", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("brand_key", sa.Text(collation="C"), nullable=False),
        sa.Column("price", sa.Numeric(14, 2), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), nullable=False),
        sa.Column("image_file_ids", ARRAY(sa.Uuid), nullable=False, server_default="{}"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("updated_by", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="products_pkey"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name="products_created_by_fkey"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name="products_updated_by_fkey"),
        sa.CheckConstraint("price >= 0", name="products_price_check"),
    )
    op.create_index(
        "products_sku_key_key", "products", ["sku_key"], unique=True, postgresql_where=_KEPT
    )
    op.create_index("products_id_idx", "products", ["id"], postgresql_where=_KEPT)
    op.create_index("products_price_id_idx", "products", ["price", "id"], postgresql_where=_KEPT)
    for column in ("name_key", "brand_key"):
        op.create_index(
            f"products_{column}_id_idx",
            "products",
            [column, "id"],
            postgresql_include=["price"],
            postgresql_where=_KEPT,
        )


def _add_history() -> None:
    op.create_table(
        "product_history",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("sku_key", sa.Text(collation="C"), nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="product_history_pkey"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name="product_history_product_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["users.id"], name="product_history_changed_by_fkey"
        ),
        sa.CheckConstraint(
            "action in ('created', 'updated', 'deleted')", name="product_history_action_check"
        ),
    )
    op.create_index("product_history_sku_key_id_idx", "product_history", ["sku_key", "id"])


def _add_views() -> None:
    op.create_table(
        "product_views",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("sku_key", sa.Text(collation="C"), nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("views", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "sku_key", name="product_views_pkey"),
    )
    op.create_table(
        "counted_views",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="counted_views_pkey"),
    )
    op.create_index("counted_views_counted_at_idx", "counted_views", ["counted_at"])


def _add_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("history_id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True)),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("user_id", "id", name="notifications_pkey"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="notifications_user_id_fkey"),
        sa.ForeignKeyConstraint(
            ["history_id"], ["product_history.id"], name="notifications_history_id_fkey"
        ),
        sa.UniqueConstraint("history_id", "user_id", name="notifications_history_id_user_id_key"),
    )


def downgrade() -> None:
    for table in (
        "notifications",
        "counted_views",
        "product_views",
        "product_history",
        "products",
    ):
        op.drop_table(table)
