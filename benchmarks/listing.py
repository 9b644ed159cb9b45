"""Pages of long lists: whether the thousandth costs what the first one costs.

`python -m benchmarks listing` fills a PostgreSQL of its own with a million products, then another
one with a million files of one owner and as many of another's, and times pages at both depths, with
and without each filter, in turns. The plan of each page is looked at too: its indexes, and the rows
that it touched, which no other load on the machine can blur.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from statistics import median

import sqlalchemy as sa

from benchmarks import listing_files, listing_products
from benchmarks.listing_pages import DEPTH, PAGE, Ask, Case, cases, measure
from fragua.database import engine, migrate
from fragua.database.engine import unhurried
from fragua.settings import Settings, settings
from local.postgres import postgres

ROWS = 1_000_000
# What page 1,000 shall cost at most, in units of page 1 with the same filter.
TARGET = 1.2

Fill = Callable[[sa.Connection, int], None]
# The list with each filter, for so many rows.
Asks = Callable[[int], dict[str, Ask]]


def main() -> bool:
    """Measure and print both lists; whether every page met the targets and has an index."""
    products = run("products", listing_products.fill, listing_products.asks)
    return run("files", listing_files.fill, listing_files.asks) and products


def run(name: str, fill: Fill, asks: Asks) -> bool:
    """Fill a database, look at every page and time it."""
    with database() as opened:
        with unhurried():
            with opened.begin() as db:
                # Otherwise the commit comes before the log is written: vacuum distrusts the rows.
                db.execute(sa.text("set local synchronous_commit to on"))
                fill(db, ROWS)
            with opened.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
                db.execute(sa.text(f"vacuum analyze {name}"))
        measured = measure(list(cases(opened, asks(ROWS))))
    print("\n" + "\n".join(table(name, measured)), flush=True)
    return reached(measured)


@contextmanager
def database() -> Iterator[sa.Engine]:
    """The functions' own engine on a server of its own, migrated."""
    with postgres() as url:
        os.environ.update(environment(), DATABASE_WRITER_URL=url, DATABASE_READER_URL=url)
        migrate.upgrade()
        try:
            yield engine.engine()
        finally:
            engine.engine().dispose()
            # The next list has another server.
            engine.forget()
            settings.cache_clear()


def environment() -> dict[str, str]:
    """All that settings may ask for; a list uses none of it but the database's URL."""
    names = [one.name.upper() for one in fields(Settings)]
    aws = ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    return dict.fromkeys([*names, *aws], "unused") | {"VIDEO_SECONDS": "30"}


def table(name: str, measured: list[Case]) -> list[str]:
    """The findings as text; the first page without a filter is 1.00."""
    first = measured[0].median
    lines = [
        f"{ROWS:,} {name}, pages of {PAGE}, medians;",
        f"the first page without a filter takes {first * 1000:.1f} ms and is 1.00",
        "",
        f"{'filter':34} {'page':>5} {'ms':>7} {'ratio':>7} {'rows touched':>13}  indexes",
    ]
    lines += [
        f"{case.name:34} {case.depth:5} {case.median * 1000:7.1f} {case.median / first:7.2f}"
        f" {case.plan.touched:13,}  {case.plan.indexes}"
        for case in measured
    ]
    depths = [f"  {name:32} {ratio:8.2f}" for name, ratio in _depths(measured)]
    return [*lines, "", f"page {DEPTH:,} / page 1 (target {TARGET}):", *depths]


def _depths(measured: list[Case]) -> Iterator[tuple[str, float]]:
    """What the deep page costs in units of the first, round by round: both under the same load."""
    first = {case.name: case.seconds for case in measured if case.depth == 1}
    for case in measured:
        if case.depth != 1:
            rounds = zip(case.seconds, first[case.name], strict=False)
            yield case.name, median(deep / one for deep, one in rounds)


def reached(measured: list[Case]) -> bool:
    """Whether no page gets dearer with its depth, or walks through the list, or has no index."""
    even = all(ratio <= TARGET for _, ratio in _depths(measured))
    return even and all(case.plan.indexes and case.plan.touched < ROWS / 2 for case in measured)
