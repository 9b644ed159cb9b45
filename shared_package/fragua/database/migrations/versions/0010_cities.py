"""A key to find people by their city.

Revision: 0010, after 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# Nobody may read the table meanwhile. Behind a long report this fails soon, rather than hold up
# everybody who comes after it; it can be begun anew.
_SOON = "set local lock_timeout = '1s'"


def upgrade() -> None:
    op.execute(_SOON)
    op.add_column("users", sa.Column("city_key", sa.Text(collation="C")))


def downgrade() -> None:
    op.execute(_SOON)
    op.drop_column("users", "city_key")
