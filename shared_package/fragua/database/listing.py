"""Pages of long lists, narrowed by what the order of the list knows nothing of.

PostgreSQL has two ways to such a page: to walk from the first row until enough of them match, or
to have an index gather all that match. It chooses by how many match, as if they lay spread evenly:
where all are old it walks through the whole list to get to them. So it is told to walk a little,
which serves what is common, and then to gather, which serves what is rare or old.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.sql.base import ReadOnlyColumnCollection

Columns: TypeAlias = ReadOnlyColumnCollection[str, Any]
Conditions: TypeAlias = list[sa.ColumnElement[bool]]

# Rows that are walked at first, and those that are where a tenth of the page was among the first.
# Among a million products 20,000 take 2 ms; gathering takes 1 to 2 ms for 10,000 that match.
WALKS = (2_000, 20_000)


def newest(
    db: sa.Connection,
    kept: sa.Select[Any],
    narrowed: Callable[[Columns], Conditions],
    limit: int,
    after: UUID | None,
) -> Sequence[RowMapping]:
    """Return at most `limit` rows of a table, those with the highest ids below `after` first.

    `kept` selects the rows of the list from one table, so that an index has them by their ids;
    `narrowed` makes the conditions of the filters out of columns of that table.
    """
    (table,) = kept.get_final_froms()
    rows = kept.where(table.c.id < after) if after else kept
    return highest(db, rows, narrowed, limit, ("id",))


def highest(
    db: sa.Connection,
    rows: sa.Select[Any],
    narrowed: Callable[[Columns], Conditions],
    limit: int,
    by: Sequence[str],
) -> Sequence[RowMapping]:
    """Return at most `limit` of the rows of one table, the highest first.

    `by` names the columns of the order, of which an index of the table's is; the last one is its
    key.
    """
    (table,) = rows.get_final_froms()
    conditions = narrowed(table.c)
    if not conditions:
        return _first(db, rows, table.c, limit, by)
    for length in WALKS:
        near = _ordered(rows, table.c, length, by).subquery("near")
        found = _first(db, sa.select(near).where(*narrowed(near.c)), near.c, limit, by)
        if len(found) == limit:
            return found
        if len(found) < limit / 10:
            break
    return _gathered(db, rows.where(*conditions), table, limit, by)


def _gathered(
    db: sa.Connection,
    matching: sa.Select[Any],
    table: sa.FromClause,
    limit: int,
    by: Sequence[str],
) -> Sequence[RowMapping]:
    # OFFSET 0 keeps PostgreSQL from seeing the limit in there, which would make it walk again.
    some = matching.with_only_columns(*(table.c[name] for name in by))
    keys = some.offset(0).subquery("matching")
    chosen = _ordered(sa.select(keys.c[by[-1]]), keys.c, limit, by)
    return _first(db, sa.select(table).where(table.c[by[-1]].in_(chosen)), table.c, limit, by)


def _first(
    db: sa.Connection, query: sa.Select[Any], columns: Columns, limit: int, by: Sequence[str]
) -> Sequence[RowMapping]:
    return db.execute(_ordered(query, columns, limit, by)).mappings().all()


def _ordered(
    query: sa.Select[Any], columns: Columns, limit: int, by: Sequence[str]
) -> sa.Select[Any]:
    return query.order_by(*(columns[name].desc() for name in by)).limit(limit)
