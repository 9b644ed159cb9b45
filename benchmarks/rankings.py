"""Rankings and the gallery: whether a page costs as much among many people as among few.

`python -m benchmarks rankings` fills two PostgreSQLs of its own, one with a thousand players and
fifty thousand votes, the other with a hundred times as many of both, and times the same pages in
turns. The plans are looked at, too: what a page touches no other load on the machine can blur.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

import sqlalchemy as sa

from benchmarks.listing import environment
from benchmarks.listing_pages import PAGE, Case, look
from fragua.database import engine, migrate
from fragua.database.engine import unhurried
from fragua.settings import settings
from fragua.videos import gallery, rankings
from local.postgres import postgres

FEW, MANY = 1_000, 100_000
VOTES_EACH = 50
# What a page among many shall cost at most, in units of the same page among few. Whoever asks for
# a rare city has two thousand people looked at in vain, and there are not so many among the few.
TARGET, RARE = 2.0, 3.0
ROUNDS = 15
# Pages before the deep one.
DEPTH = 15

# One in ten people lives in the first city, one in thirty in the last ones; five live in a village.
# Each has one public video; who has more votes has them of the people that come after him, and many
# have as many as others.
USERS = """
insert into users (id, email, email_key, password_hash, first_name, last_name, city, city_key, role,
                   plan, created_at)
select id, n, n, '', 'Person', n, city, lower(city), 'user', 'basic', now()
from generate_series(1, :people) as n,
     lateral (select lpad(to_hex(n), 32, '0')::uuid as id),
     lateral (select case when n <= 5 then 'Village' when n % 10 = 0 then 'Capital'
                          else 'Town ' || n % 30 end as city)
"""
FILES = """
insert into files (id, owner_id, upload_id, file_name, file_name_key, size, content_type,
                   content_type_key, bucket, s3_bucket, object_key, checksums, status, created_at)
select id, id, id, '', '', 1, '', '', 'default', 's3', '', '{}', 'ready', now() from users
"""
VIDEOS = """
insert into videos (id, owner_id, file_id, title, status, created_at)
select id, id, id, 'Throws', 'public', now() from users
"""
VOTES = """
insert into votes (video_id, user_id, created_at)
select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + (n + k) % :people), 32, '0')::uuid, now()
from generate_series(1, :people) as n,
     lateral (select -ln(1 - (n * 7919 % :people + 0.5) / :people) as share),
     generate_series(1, cast(floor(:each * share) as int)) as k
"""
COUNTED = """
update videos set votes = counted.many
from (select video_id, count(*) as many from votes group by video_id) as counted
where id = video_id
"""
PLAYERS = """
insert into players (user_id, videos, votes) select owner_id, 1, votes from videos
"""
TABLES = ("users", "files", "videos", "votes", "players")


def main() -> bool:
    """Measure and print; whether every page met the target, and none walks through the people."""
    with ExitStack() as stack:
        urls = {people: stack.enter_context(postgres()) for people in (FEW, MANY)}
        found = {people: list(_filled(url, people)) for people, url in urls.items()}
        for _ in range(ROUNDS):
            for people, url in urls.items():
                _turn_to(url)
                for case in found[people]:
                    case.time()
        _turn_to(urls[FEW])
    print("\n" + "\n".join(table(found)), flush=True)
    even = all(ratio <= target(few) for few, _, ratio in ratios(found))
    return even and all(case.plan.touched < MANY / 5 for case in found[MANY])


def target(case: Case) -> float:
    """What a page may cost among many, in units of the same among few."""
    return RARE if case.name.endswith(("5 people", "nobody")) else TARGET


def _turn_to(url: str) -> None:
    """Have the next pages read from another server."""
    os.environ.update(environment(), DATABASE_WRITER_URL=url, DATABASE_READER_URL=url)
    engine.forget()
    settings.cache_clear()


def _filled(url: str, people: int) -> Iterator[Case]:
    """Fill a server; yield its pages."""
    _turn_to(url)
    migrate.upgrade()
    opened = engine.engine()
    with unhurried():
        with opened.begin() as db:
            # The rows fit together; checking each reference would take minutes.
            db.execute(sa.text("set local session_replication_role to replica"))
            db.execute(sa.text("set local synchronous_commit to on"))
            for text in (USERS, FILES, VIDEOS, VOTES, COUNTED, PLAYERS):
                db.execute(sa.text(text), _needed(text, people))
        with opened.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(sa.text(f"vacuum analyze {', '.join(TABLES)}"))
    for name, ask in _asks().items():
        yield Case(name, ask, 1, None, look(opened, ask, None))
    after = _far(rankings.page)
    deep = partial(rankings.page, None)
    yield Case("ranking, deep", deep, DEPTH, after, look(opened, deep, after))


def _needed(text: str, people: int) -> dict[str, int]:
    values = {"people": people, "each": VOTES_EACH}
    return {name: value for name, value in values.items() if f":{name}" in text}


def _asks() -> dict[str, Callable[..., Any]]:
    cities = {"everybody": None, "10 %": "capital", "3 %": "Town 17", "5 people": "village"}
    return {
        f"{name}, {whose}": partial(page, city)
        for name, page in (("ranking", rankings.page), ("gallery", gallery.page))
        for whose, city in (*cities.items(), ("nobody", "nowhere"))
    }


def _far(page: Callable[..., Any]) -> Any:
    return page(None, PAGE * (DEPTH - 1), None)[1]


def ratios(found: dict[int, list[Case]]) -> Iterator[tuple[Case, Case, float]]:
    """Each page among few and among many, and what that costs, round by round."""
    for few, many in zip(found[FEW], found[MANY], strict=True):
        rounds = zip(many.seconds, few.seconds, strict=True)
        yield few, many, median(much / little for much, little in rounds)


def table(found: dict[int, list[Case]]) -> list[str]:
    """The findings as text."""
    lines = [
        f"pages of {PAGE}, medians in ms among {FEW:,} and {MANY:,} people",
        f"{'page':22} {'few':>6} {'many':>6} {'ratio':>6} {'target':>6} {'rows touched':>14}",
    ]
    rows = [
        f"{few.name:22} {few.median * 1000:6.1f} {many.median * 1000:6.1f} {ratio:6.2f}"
        f" {target(few):6.1f} {few.plan.touched:6,} {many.plan.touched:7,}"
        for few, many, ratio in ratios(found)
    ]
    return [*lines, *rows]
