"""Pages of GET /v1/files: whether the thousandth costs what the first one costs.

`python -m benchmarks.listing` fills a PostgreSQL of its own with a million files of one owner and
as many of others, then times pages at several depths, with and without each filter, in turns.
The plan of each page is looked at too: its index, and the rows that it touched, which no other load
on the machine can blur.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from local.postgres import postgres

if TYPE_CHECKING:
    from fragua.files.service import Filters

ROWS = 1_000_000
ROUNDS = 31
PAGE = 50
DEPTH = 1_000
# Seconds of timings that are enough for one page.
BUDGET = 2.0
TARGET = 1.2
OWNER, NEIGHBOUR = UUID(int=1), UUID(int=2)
# Rows of the two take turns, one a second, so neither lies together in the table.
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

USERS = """
insert into users (id, email, email_key, password_hash, first_name, last_name, role, plan,
                   created_at)
select id, id::text, id::text, '', 'A', 'B', 'user', 'basic', now()
from unnest(cast(:owners as uuid[])) as id
"""
# Ids are UUIDv7 of the row's own second. Of ten files six are text, three pictures, one a video;
# one in two is called report. The five oldest are `rare` in name, type and bucket; the oldest
# twentieth is `old` in all three: many files, but none of them on the newest pages.
FILES = """
insert into files (id, owner_id, upload_id, file_name, file_name_key, size, content_type,
                   content_type_key, bucket, s3_bucket, object_key, checksums, status, created_at)
select id, owner, id, name, name, 1, type, type, coalesce(age, 'default'), 's3', 'files/' || id,
       '{}', 'ready', made
from generate_series(1, :rows) as n,
     unnest(cast(:owners as uuid[])) with ordinality as who(owner, seat),
     lateral (select case when n <= 5 then 'rare' when n <= :rows / 20 + 5 then 'old' end as age,
                     cast(:begin as timestamptz) + n * interval '1 s' as made),
     lateral (select md5(n || '-' || seat) as noise),
     lateral (select (lpad(to_hex(cast(extract(epoch from made) as bigint) * 1000), 12, '0')
                      || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid as id),
     lateral (select coalesce(age, case when n % 2 = 0 then 'report' else 'photo' end) || ' '
                     || noise as name),
     lateral (select case when age is not null then 'application/x-' || age
                          when n % 10 < 6 then 'text/plain'
                          when n % 10 < 9 then 'image/png' else 'video/mp4' end as type)
"""


@dataclass
class Case:
    """A page to ask for again and again, and what was seen."""

    name: str
    filters: Filters
    depth: int
    after: UUID | None
    seconds: list[float] = field(default_factory=list)
    plan: Plan | None = None

    def ask(self) -> int:
        """Ask for the page; the number of its files."""
        from fragua.files.service import page

        files, _ = page(OWNER, self.filters, PAGE, self.after)
        return len(files)

    def time(self) -> None:
        """Add the best of three: the first finds the caches as another page has left them."""
        self.seconds.append(min(_timed(self.ask) for _ in range(3)))

    @property
    def median(self) -> float:
        """The median time of a page in seconds."""
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Plan:
    """What PostgreSQL did for a page: the index, and the rows it looked at."""

    index: str
    touched: int


def main() -> bool:
    """Measure and print; whether every page met the target and has an index."""
    cases = run(ROWS, ROUNDS)
    print("\n" + "\n".join(table(cases, ROWS)))
    return reached(cases)


def run(rows: int, rounds: int) -> list[Case]:
    """Fill a database, explain every page, then time them."""
    with database() as engine:
        fill(engine, rows)
        cases = list(pages(rows))
        for case in cases:
            case.plan = look(engine, case)
        measure(cases, rounds)
    return cases


@contextmanager
def database() -> Iterator[sa.Engine]:
    """The functions' own engine on a server of its own, migrated."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "shared_package"))
    from fragua.database import engine, migrate

    with postgres() as url:
        os.environ.update(_environment(), DATABASE_WRITER_URL=url)
        migrate.upgrade()
        yield engine.engine()
        engine.engine().dispose()


def _environment() -> dict[str, str]:
    """All that settings may ask for; a list uses none of it but the database's URL."""
    from fragua.settings import Settings

    names = [one.name.upper() for one in fields(Settings)]
    return dict.fromkeys([*names, "AWS_REGION"], "unused")


def fill(engine: sa.Engine, rows: int) -> None:
    """Write `rows` files for each of two owners, and the planner's statistics."""
    from fragua.database.engine import unhurried

    owners = [str(OWNER), str(NEIGHBOUR)]
    with unhurried():
        with engine.begin() as db:
            db.execute(sa.text(USERS), {"owners": owners})
            db.execute(sa.text(FILES), {"owners": owners, "rows": rows, "begin": BEGIN})
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(sa.text("vacuum analyze files"))


def pages(rows: int) -> Iterator[Case]:
    """Each filter, at each depth that it has."""
    from fragua.files.service import Filters, page

    middle = BEGIN + timedelta(seconds=rows // 2)
    filters = {
        "none": Filters(),
        "created_before": Filters(created_before=middle),
        "created_after": Filters(created_after=middle),
        "name": Filters(name="Report"),
        "content_type": Filters(content_type="image/"),
        "bucket": Filters(bucket="default"),
    }
    for age, found in (("old", "oldest 5 %"), ("rare", "5 oldest"), ("nothing", "no file")):
        filters[f"name, {found}"] = Filters(name=age)
        filters[f"content_type, {found}"] = Filters(content_type=f"application/x-{age}")
        filters[f"bucket, {found}"] = Filters(bucket=age)
    for name, given in filters.items():
        yield Case(name, given, 1, None)
        # As a client that has seen all pages before this one.
        after = page(OWNER, given, PAGE * (DEPTH - 1), None)[1]
        if after:
            yield Case(name, given, DEPTH, after)


def look(engine: sa.Engine, case: Case) -> Plan:
    """Explain the very statement that the service sends for a page."""
    sent: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    case.ask()
    sa.event.remove(engine, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    with engine.connect() as db:
        explain = f"explain (analyze, format json) {statement}"
        found = db.exec_driver_sql(explain, parameters).scalar_one()
    top = found[0]["Plan"]
    return Plan(", ".join(dict.fromkeys(_indexes(top))) or "NONE", _touched(top))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


def _indexes(top: dict[str, Any]) -> list[str]:
    return [node["Index Name"] for node in _nodes(top) if "Index Name" in node]


def _touched(top: dict[str, Any]) -> int:
    """Rows that the scans at the leaves looked at, also those that no filter let through."""
    leaves = [node for node in _nodes(top) if not node.get("Plans")]
    return sum(_rows(node) for node in leaves)


def _rows(leaf: dict[str, Any]) -> int:
    seen: float = leaf["Actual Rows"] + leaf.get("Rows Removed by Filter", 0)
    return round(seen * int(leaf["Actual Loops"]))


def _timed(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def measure(cases: list[Case], rounds: int) -> None:
    """Time all pages in turns, so that what else the machine does falls on all of them."""
    for _ in range(rounds):
        for case in cases:
            # A page that takes long needs fewer timings to be known as one.
            if sum(case.seconds) < BUDGET:
                case.time()


def table(cases: list[Case], rows: int) -> list[str]:
    """The findings as text; the first page without a filter is 1.00."""
    first = cases[0].median
    lines = [
        f"{rows:,} files of one owner, as many of another; pages of {PAGE}, medians;",
        f"the first page without a filter takes {first * 1000:.1f} ms and is 1.00",
        "",
        f"{'filter':30} {'page':>5} {'ratio':>8} {'rows touched':>13}  index",
    ]
    lines += [
        f"{case.name:30} {case.depth:5} {case.median / first:8.2f} {case.plan.touched:13,}"
        f"  {case.plan.index}"
        for case in cases
        if case.plan
    ]
    return [*lines, "", f"page {DEPTH:,} / page 1 (target {TARGET}):", *_depths(cases)]


def _depths(cases: list[Case]) -> list[str]:
    return [f"  {name:28} {deep / first:8.2f}" for name, first, deep in _pairs(cases)]


def _pairs(cases: list[Case]) -> Iterator[tuple[str, float, float]]:
    first = {case.name: case.median for case in cases if case.depth == 1}
    for case in cases:
        if case.depth != 1:
            yield case.name, first[case.name], case.median


def reached(cases: list[Case]) -> bool:
    """Whether no filter's page gets dearer with its depth, and each has an index."""
    cheap = all(deep / first <= TARGET for _, first, deep in _pairs(cases))
    return cheap and all(case.plan and case.plan.index != "NONE" for case in cases)


if __name__ == "__main__":
    sys.exit(not main())
