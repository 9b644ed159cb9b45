"""People are found by their city: the key of those who are there already, and its index.

Revision: 0010, after 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fragua.database import indexes

revision = "0010"
down_revision = "0009"

_INDEX = "users_city_key_id_idx"
# Rows of one statement: so long, and no longer, somebody who changes one of them waits.
_BATCH = 1000

_users = sa.table(
    "users",
    sa.column("id", sa.Uuid),
    sa.column("city", sa.Text),
    sa.column("city_key", sa.Text(collation="C")),
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        while _fold_some(op.get_bind()):
            pass
    indexes.create(_INDEX, "users", ["city_key", "id"], postgresql_where=indexes.KEPT)


def _fold_some(db: sa.Connection) -> int:
    """Give some rows the key that they lack; return how many."""
    lacking = (_users.c.city.is_not(None), _users.c.city_key.is_(None))
    rows = db.execute(sa.select(_users.c.id, _users.c.city).where(*lacking).limit(_BATCH)).all()
    if rows:
        # Unless the city was changed meanwhile: then it is among the next ones.
        same = (_users.c.id == sa.bindparam("row"), _users.c.city == sa.bindparam("before"))
        update = _users.update().where(*same).values(city_key=sa.bindparam("folded"))
        keys = [{"row": row.id, "before": row.city, "folded": row.city.casefold()} for row in rows]
        db.execute(update, keys)
    return len(rows)


def downgrade() -> None:
    indexes.remove(_INDEX, "users")
