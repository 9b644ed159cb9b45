"""Pages to ask for again and again: how long they take, and what PostgreSQL does for them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

ROUNDS = 31
PAGE = 50
DEPTH = 1_000
# Seconds of timings that are enough for one page.
BUDGET = 0.7

# A list with its filter: at most so many rows after a place, and the place to go on after.
Ask = Callable[[int, Any], tuple[list[Any], Any]]


@dataclass(frozen=True)
class Plan:
    """What PostgreSQL did for a page: its indexes, and the rows that it looked at."""

    indexes: str
    touched: int


@dataclass
class Case:
    """A page, and what was seen of it."""

    name: str
    ask: Ask
    depth: int
    after: Any
    plan: Plan
    seconds: list[float] = field(default_factory=list)

    def time(self) -> None:
        """Add the best of three: the first finds the caches as another page has left them."""
        self.seconds.append(min(self._timed() for _ in range(3)))

    def _timed(self) -> float:
        begin = time.perf_counter()
        self.ask(PAGE, self.after)
        return time.perf_counter() - begin

    @property
    def median(self) -> float:
        """The median time of a page in seconds."""
        return statistics.median(self.seconds)


def cases(engine: sa.Engine, asks: Mapping[str, Ask]) -> Iterator[Case]:
    """Each filter, at each depth that it has."""
    for name, ask in asks.items():
        yield Case(name, ask, 1, None, look(engine, ask, None))
        # As a client that has seen all pages before this one.
        after = ask(PAGE * (DEPTH - 1), None)[1]
        if after:
            yield Case(name, ask, DEPTH, after, look(engine, ask, after))


def measure(cases: list[Case]) -> list[Case]:
    """Time all pages in turns, so that what else the machine does falls on all of them."""
    for _ in range(ROUNDS):
        for case in cases:
            # A page that takes long needs fewer timings to be known as one.
            if sum(case.seconds) < BUDGET:
                case.time()
    return cases


def look(engine: sa.Engine, ask: Ask, after: Any) -> Plan:
    """Explain the very statements that the service sends for a page."""
    sent: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    ask(PAGE, after)
    sa.event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as db:
        nodes = [node for one in sent for node in _explained(db, *one)]
    indexes = dict.fromkeys(node["Index Name"] for node in nodes if "Index Name" in node)
    # The scans at the leaves, with the rows that no filter let through.
    touched = sum(_rows(node) for node in nodes if not node.get("Plans"))
    return Plan(", ".join(indexes), touched)


def _explained(db: sa.Connection, statement: str, parameters: Any) -> Iterator[dict[str, Any]]:
    explain = f"explain (analyze, format json) {statement}"
    (found,) = db.exec_driver_sql(explain, parameters).scalar_one()
    yield from _nodes(found["Plan"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


def _rows(leaf: dict[str, Any]) -> int:
    seen: float = leaf["Actual Rows"] + leaf.get("Rows Removed by Filter", 0)
    return round(seen * int(leaf["Actual Loops"]))
