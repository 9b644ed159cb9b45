"""People are found by their city: the key of those who are there already, and its index.

Revision: 0011, after 0010
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from fragua.database import indexes

revision = "0011"
down_revision = "0010"

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
        last: UUID | None = UUID(int=0)
        while last:
            last = _fold_some(op.get_bind(), last)
    indexes.create(_INDEX, "users", ["city_key", "id"], postgresql_where=indexes.KEPT)


def _fold_some(db: sa.Connection, after: UUID) -> UUID | None:
    """Give some rows the key that they lack; return the id to go on after, or none."""
    lacking = (_users.c.id > after, _users.c.city.is_not(None), _users.c.city_key.is_(None))
    some = sa.select(_users.c.id, _users.c.city).where(*lacking)
    rows = db.execute(some.order_by(_users.c.id).limit(_BATCH)).all()
    if not rows:
        return None
    ids, cities, keys = zip(*((row.id, row.city, row.city.casefold()) for row in rows), strict=True)
    types = (("id", ids, sa.Uuid), ("city", cities, sa.Text), ("key", keys, sa.Text))
    listed = (sa.cast(list(values), ARRAY(kind)) for _, values, kind in types)
    columns = (sa.column(name, kind) for name, _, kind in types)
    folded = sa.func.unnest(*listed).table_valued(*columns, name="folded").render_derived()
    # Unless the city was changed meanwhile: whoever did that has given it its key.
    same = (_users.c.id == folded.c.id, _users.c.city == folded.c.city)
    db.execute(_users.update().where(*same).values(city_key=folded.c.key))
    last: UUID = ids[-1]
    return last


def downgrade() -> None:
    indexes.remove(_INDEX, "users")
