"""Views are counted once each: by a crowd at once, delivered twice, killed, poisoned, restarted."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from fragua import clock
from fragua.catalog.tables import counted_views
from fragua.database import writer
from tests.support.backend import Client, invoke
from tests.support.bench import Bench
from tests.support.catalog import made, new_sku
from tests.support.editing import Json, counted
from tests.support.events import queue_event
from tests.support.faults import Act, Fault, closed_port
from tests.support.lanes import lanes, let_go, restart
from tests.support.restarts import Server

COUNT, INSERT, COMMIT = "catalog.count_views", "SQL INSERT INTO counted_views", "SQL COMMIT"
THOUSAND, PEOPLE, BATCH = 1000, 8, 100
DONE: Json = {"batchItemFailures": []}


def view(sku: str, **changes: Any) -> Json:
    """Make the message of a view, as a GET does."""
    return {"id": str(clock.new_id()), "sku": sku, "day": clock.now().date().isoformat(), **changes}


def failed(*positions: int) -> Json:
    """Make the answer that these messages of a batch shall come again."""
    return {"batchItemFailures": [{"itemIdentifier": f"message-{at}"} for at in positions]}


def test_a_thousand_visits_at_once_delivered_twice_are_a_thousand_views(
    bench: Bench, editor: Client
) -> None:
    sku = made(editor)["sku"]
    part = {"path": f"/v1/products/{sku}", "times": THOUSAND // PEOPLE}
    crowd = [bench.start("tests.support.crowd", part, **bench.direct) for _ in range(PEOPLE)]
    messages = [message for worker in crowd for message in worker.answer()]
    assert len({message["id"] for message in messages}) == len(messages) == THOUSAND
    # Each batch shares ten messages with each of the second delivery's, which has them in reverse.
    parts = THOUSAND // BATCH
    first = [messages[at * BATCH : (at + 1) * BATCH] for at in range(parts)]
    second = [messages[at::parts][::-1] for at in range(parts)]
    faults = bench.plan({INSERT: Fault(Act.FREEZE_BEFORE, 2 * parts)})
    workers = [bench.start(COUNT, queue_event(*each)) for each in first + second]
    let_go(faults, INSERT, parts)
    assert [worker.answer() for worker in workers] == [DONE] * 2 * parts
    assert counted(sku) == THOUSAND
    assert ids_kept(messages) == THOUSAND


def ids_kept(messages: list[Json]) -> int:
    """Return how many of the messages are known as counted."""
    own = counted_views.c.id.in_([message["id"] for message in messages])
    with writer() as db:
        return int(db.execute(sa.select(sa.func.count()).where(own)).scalar_one())


def test_a_batch_that_comes_while_its_first_delivery_is_under_way_is_counted_once(
    bench: Bench,
) -> None:
    sku = new_sku()
    event = queue_event(view(sku), view(sku))
    faults = bench.plan({COMMIT: Fault(Act.FREEZE_BEFORE)})
    first = bench.start(COUNT, event)
    faults.await_freeze()
    second = bench.start(COUNT, event)
    let_go(faults, INSERT, 2)
    assert [first.answer(), second.answer()] == [DONE, DONE]
    assert counted(sku) == 2


def steps(bench: Bench) -> list[str]:
    """Return all that a batch asks of others, in order."""
    faults = bench.plan()
    assert bench.start(COUNT, queue_event(view(new_sku()))).answer() == DONE
    return faults.seen


def moments(found: list[str], before: Act, after: Act) -> list[tuple[str, Act]]:
    return [(step, act) for step in found for act in (before, after)]


def test_a_batch_whose_worker_is_killed_at_any_step_is_counted_once(bench: Bench) -> None:
    tries = moments(steps(bench), Act.FREEZE_BEFORE, Act.FREEZE_AFTER)
    events = {new_sku(): step for step in tries}
    batches = {sku: queue_event(*(view(sku) for _ in range(3))) for sku in events}
    with lanes(bench, killed=True) as start:
        for sku, (step, act) in events.items():
            start({step: Fault(act)}, COUNT, batches[sku])
    before = {step: counted(sku) for sku, step in events.items()}
    assert before == {step: 3 * (step == (COMMIT, Act.FREEZE_AFTER)) for step in tries}
    assert [invoke(COUNT, event) for event in batches.values()] == [DONE] * len(tries)
    assert {step: counted(sku) for sku, step in events.items()} == dict.fromkeys(tries, 3)


@pytest.mark.parametrize("restarted", [False, True], ids=["a cut line", "a restart"])
def test_a_batch_that_is_broken_off_at_any_step_comes_again_and_is_counted_once(
    bench: Bench, server: Server, restarted: bool
) -> None:
    acts = (Act.FREEZE_BEFORE, Act.FREEZE_AFTER) if restarted else (Act.CUT_BEFORE, Act.CUT_AFTER)
    tries = moments(steps(bench), *acts)
    skus = {new_sku(): step for step in tries}
    batches = {sku: queue_event(view(sku), view(sku)) for sku in skus}
    with lanes(bench) as start:
        started = {
            step: start({step[0]: Fault(step[1])}, COUNT, batches[sku])
            for sku, step in skus.items()
        }
        if restarted:
            restart(server, list(started.values()))
        answers = {step: lane.worker.answer() for step, lane in started.items()}
    # The answer to the commit was on its way, but maybe not soon enough.
    assert answers.pop((COMMIT, Act.FREEZE_AFTER), DONE) in (DONE, failed(0, 1))
    assert list(answers.values()) == [failed(0, 1)] * len(answers)
    assert [invoke(COUNT, event) for event in batches.values()] == [DONE] * len(tries)
    assert {step: counted(sku) for sku, step in skus.items()} == dict.fromkeys(tries, 2)


def test_while_postgresql_is_away_whole_batches_come_again(bench: Bench) -> None:
    sku = new_sku()
    event = queue_event(*(view(sku) for _ in range(10)))
    url = sa.make_url(bench.direct["DATABASE_URL"])
    with closed_port() as port:
        away = url.set(port=port).render_as_string(hide_password=False)
        assert bench.start(COUNT, event, DATABASE_URL=away).answer() == failed(*range(10))
    assert counted(sku) == 0
    assert invoke(COUNT, event) == DONE
    assert counted(sku) == 10


POISON: list[Any] = [
    "not JSON",
    "null",
    "[]",
    "{}",
    {"id": "1"},
    {"day": "2026-13-01"},
    {"day": None},
    {"sku": None},
    {"sku": 1},
    {"sku": "a\0b"},
    {"sku": "\ud800"},
]


def test_of_a_batch_only_a_poisonous_message_comes_again(bench: Bench) -> None:
    skus = [new_sku() for _ in POISON]
    events = [
        queue_event(view(sku), view(sku), poisonous(sku, poison), view(sku))
        for sku, poison in zip(skus, POISON, strict=True)
    ]
    for _ in range(2):
        workers = [bench.start(COUNT, event) for event in events]
        assert [worker.answer() for worker in workers] == [failed(2)] * len(POISON)
        assert [counted(sku) for sku in skus] == [3] * len(POISON)


def poisonous(sku: str, poison: Any) -> Any:
    return view(sku) | poison if isinstance(poison, dict) else poison


def test_a_message_that_comes_twice_in_one_batch_is_one_view(bench: Bench) -> None:
    sku = new_sku()
    one, other = view(sku), view(sku)
    assert invoke(COUNT, queue_event(one, other, one)) == DONE
    assert counted(sku) == 2
