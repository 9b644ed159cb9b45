"""A link that is followed while a scanner finds something in its file: over, and counted right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from tests.integration.files.linking import assert_ended, downloads, follow, link_to, sharer
from tests.support.backend import Client
from tests.support.bench import Bench, eventually
from tests.support.events import http_event, queue_event
from tests.support.faults import Act, Fault
from tests.support.scans import DONE, WORKER, Json, found

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def link(backend: dict[str, str]) -> tuple[Client, Json, Json]:
    """Somebody's link to a file of his, and the file's upload."""
    owner = sharer()
    upload = owner.upload(b"a virus")
    return owner, upload, link_to(owner, upload["file_id"])


def test_a_link_that_many_follow_ends_with_the_finding_and_each_redirect_is_counted(
    bench: Bench, link: tuple[Client, Json, Json]
) -> None:
    owner, upload, made = link
    event = http_event("GET", f"/l/{made['token']}")
    before = [bench.start("files.follow_link", event) for _ in range(10)]
    judge = bench.start(WORKER, queue_event(found(owner, upload)))
    during = [bench.start("files.follow_link", event) for _ in range(30)]
    assert judge.answer() == DONE
    # Whoever begins now finds it ended.
    after = [bench.start("files.follow_link", event) for _ in range(10)]
    assert {visitor.answer()["statusCode"] for visitor in after} == {410}
    told = [visitor.answer()["statusCode"] for visitor in (*before, *during)]
    assert set(told) <= {302, 410}
    assert downloads(owner, made) == told.count(302)
    assert_ended(made["token"])


def test_whoever_waits_for_a_links_row_while_its_file_is_judged_is_counted_or_refused(
    bench: Bench, link: tuple[Client, Json, Json]
) -> None:
    owner, upload, made = link
    faults = bench.plan({"SQL COMMIT": Fault(Act.FREEZE_BEFORE)})
    event = http_event("GET", f"/l/{made['token']}")
    first = bench.start("files.follow_link", event, FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(follow, made["token"])
        eventually(lambda: waits_for_a_lock(bench), bool)
        assert tell_elsewhere(bench, found(owner, upload)) == DONE
        faults.thaw()
        statuses = [first.answer()["statusCode"], waiting.result(20).status]
    assert downloads(owner, made) == statuses.count(302)
    assert_ended(made["token"])
    assert downloads(owner, made) == statuses.count(302)


def waits_for_a_lock(bench: Bench) -> bool:
    url = sa.make_url(bench.direct["DATABASE_URL"]).set(drivername="postgresql+psycopg2")
    text = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as db:
        return bool(db.execute(sa.text(text)).scalar_one())


def tell_elsewhere(bench: Bench, message: Json) -> Any:
    """Run the worker in a process and behind proxies of its own."""
    with bench.another() as other:
        other.plan()
        return other.start(WORKER, queue_event(message)).answer()
