"""What is sent to PostgreSQL, and what it makes of that."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from fragua.database import writer
from fragua.database.engine import engine


@contextmanager
def statements(of: Callable[[], sa.Engine] = engine) -> Iterator[list[tuple[str, Any]]]:
    """Note the statements that the block sends to an endpoint."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    sa.event.listen(of(), "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(of(), "before_cursor_execute", note)


def skipped(sent: Sequence[tuple[str, Any]]) -> int:
    """Return how many rows statements are told to skip."""
    skips = [(re.findall(r"OFFSET %\((\w+)\)s", text), parameters) for text, parameters in sent]
    assert sum(len(names) for names, _ in skips) == sum(text.count("OFFSET") for text, _ in sent)
    return sum(parameters[name] for names, parameters in skips for name in names)


def explain(statement: str, parameters: Any) -> list[dict[str, Any]]:
    """Run a statement that was noted; return the nodes of the plan that PostgreSQL made for it."""
    with writer() as db:
        text = f"explain (analyze, format json) {statement}"
        (found,) = db.exec_driver_sql(text, parameters).one()
    document = found if isinstance(found, list) else json.loads(found)
    return list(_nodes(document[0]["Plan"]))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def rows_read(nodes: list[dict[str, Any]]) -> int:
    """Return how many rows the scans of plans looked at, with those that no filter let through."""
    seen = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    leaves = (node for node in nodes if "Plans" not in node)
    read: float = sum(leaf["Actual Loops"] * leaf.get(n, 0) for leaf in leaves for n in seen)
    return round(read)
