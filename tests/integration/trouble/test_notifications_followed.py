"""What must follow a change of a product: it is told, however late, and a change is never lost."""

from __future__ import annotations

import json

import pytest

from tests.support.backend import Client
from tests.support.bench import Bench
from tests.support.buckets import empty_outbox, make_due, sweep
from tests.support.catalog import get, made
from tests.support.editing import (
    actions,
    assert_sound,
    assert_told_once,
    change,
    changes,
    tell_all,
    untold,
)
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.lanes import lanes

SEND, SWEEP = "SQS SendMessage", "database.sweep_outbox"


@pytest.fixture(autouse=True)
def _nothing_waits(bench: Bench, colleague: Client) -> None:
    empty_outbox()
    tell_all()


QUEUES = {
    "has an error": Fault(Act.ERROR, ALWAYS),
    "has too much to do": Fault(Act.ERROR, ALWAYS, status=400, code="RequestThrottled"),
    "does not let us in": Fault(Act.ERROR, ALWAYS, status=403, code="AccessDenied"),
    "is silent": Fault(Act.FREEZE_BEFORE, ALWAYS),
    "breaks off": Fault(Act.CUT_BEFORE, ALWAYS),
    "takes it unheard": Fault(Act.CUT_AFTER, ALWAYS),
}


def test_a_change_that_the_queue_does_not_take_is_made_and_told_later(
    bench: Bench, editor: Client
) -> None:
    products = {how: made(editor) for how in QUEUES}
    tell_all()
    with lanes(bench) as start:
        started = {
            how: start({SEND: fault}, "catalog.update", change(editor, products[how], name="New"))
            for how, fault in QUEUES.items()
        }
        outcomes = {how: lane.worker.outcome() for how, lane in started.items()}
    for how, outcome in outcomes.items():
        assert outcome is not None
        assert outcome.answer["statusCode"] == 200, how
        assert outcome.seconds < 6, how
        assert json.loads(outcome.answer["body"])["version"] == 2
        # It stays where the sweeper finds it.
        assert untold(products[how]["sku"]) == [changes(products[how]["sku"])[-1]["id"]], how
    assert sweep()["failed"] == 0
    # One of them had arrived after all, and comes twice.
    assert tell_all() == len(QUEUES) + 1
    for product in products.values():
        assert actions(product["sku"]) == ["created", "updated"]
        assert_told_once(product["sku"])
        assert_sound(product["sku"])


@pytest.mark.parametrize("act", [Act.FREEZE_BEFORE, Act.FREEZE_AFTER])
def test_a_change_whose_process_is_killed_at_its_message_is_told_by_the_sweeper(
    bench: Bench, editor: Client, act: Act
) -> None:
    product = made(editor)
    tell_all()
    with lanes(bench) as start:
        start({SEND: Fault(act)}, "catalog.update", change(editor, product, name="New")).kill()
    assert untold(product["sku"]) == [changes(product["sku"])[-1]["id"]]
    sweep()
    assert tell_all() == (1 if act is Act.FREEZE_BEFORE else 2)
    assert_told_once(product["sku"])


def test_a_sweeper_that_is_killed_after_its_message_tells_nobody_twice(
    bench: Bench, editor: Client
) -> None:
    product = made(editor)
    tell_all()
    with lanes(bench) as start:
        event = change(editor, product, name="New")
        start({SEND: Fault(Act.FREEZE_BEFORE)}, "catalog.update", event).kill()
        make_due()
        start({SEND: Fault(Act.FREEZE_AFTER)}, SWEEP, {}).kill()
    assert len(untold(product["sku"])) == 1
    sweep()
    assert tell_all() == 2
    assert_told_once(product["sku"])


@pytest.mark.parametrize("stale", [False, True], ids=["the version", "an old version"])
def test_a_change_that_changes_nothing_is_written_nowhere(
    bench: Bench, editor: Client, stale: bool
) -> None:
    product = made(editor)
    tell_all()
    same = {name: product[name] for name in ("name", "brand", "price", "image_file_ids")}
    event = change(editor, product | {"version": 1 - stale}, **same)
    with lanes(bench) as start:
        lane = start({}, "catalog.update", event)
        answer = lane.worker.answer()
    assert answer["statusCode"] == (412 if stale else 200)
    assert not [step for step in lane.faults.seen if "INSERT" in step or "UPDATE" in step]
    assert SEND not in lane.faults.seen
    assert get(editor, product["sku"]).body == product
    assert actions(product["sku"]) == ["created"]
    assert (untold(product["sku"]), tell_all()) == ([], 0)
