"""Events of the outbox know the request that wrote them.

Revision: 0012, after 0011

Nullable: the release before this one writes rows without it, and goes on doing so meanwhile.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# Whoever commits writes to the table. Behind a long report this fails soon, rather than hold up
# everybody who comes after it; it can be begun anew.
_SOON = "set local lock_timeout = '1s'"


def upgrade() -> None:
    op.execute(_SOON)
    op.add_column("outbox", sa.Column("request_id", sa.Text))


def downgrade() -> None:
    op.execute(_SOON)
    op.drop_column("outbox", "request_id")
