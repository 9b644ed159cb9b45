"""Several editors at the same product at the same moment: one wins, and the others are told."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from fragua.accounts.tables import users
from fragua.catalog.tables import products
from fragua.database import writer
from fragua.settings import settings
from tests.support.backend import Client, invoke
from tests.support.bench import Bench, eventually
from tests.support.beside import beside
from tests.support.buckets import empty_outbox
from tests.support.catalog import get, made, new_sku
from tests.support.editing import (
    actions,
    assert_sound,
    change,
    changes,
    creation,
    deletion,
    price,
    rows,
    untold,
)
from tests.support.events import http_event
from tests.support.faults import Act, Fault
from tests.support.lanes import await_step, lanes, let_go
from tests.support.queues import take

ROUNDS = 10
MANY = 50
SELECT, INSERT, COMMIT = "SQL SELECT products", "SQL INSERT INTO products", "SQL COMMIT"


def at_once(bench: Bench, step: str, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """Let all go on from the same step, at least twelve at the same moment; return the answers."""
    faults = bench.plan({step: Fault(Act.FREEZE_BEFORE, len(calls))})
    workers = [bench.start(module, event, FRAGUA_TIME_SCALE="1") for module, event in calls]
    let_go(faults, step, min(12, len(calls)))
    return [worker.answer() for worker in workers]


def statuses(answers: list[Any]) -> list[int]:
    return [answer["statusCode"] for answer in answers]


def codes(answers: list[Any]) -> list[str]:
    return [json.loads(answer["body"])["code"] for answer in answers]


def spellings(sku: str) -> list[str]:
    """Return a SKU as it is, in capitals, in small letters, full-width, and with a kelvin sign."""
    wide = sku.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    return [sku, sku.upper(), sku.lower(), wide, sku.replace("K", "\u212a")]


def test_of_fifty_creations_of_one_sku_one_is_done(
    bench: Bench, editor: Client, colleague: Client
) -> None:
    empty_outbox()
    take(settings().notifications_queue_url)
    sku = f"Kk-{new_sku()}"
    spelt = spellings(sku)
    assert len(set(spelt)) == 5
    calls = [
        ("catalog.create", creation((editor, colleague)[number % 2], spelt[number % 5]))
        for number in range(MANY)
    ]
    answers = at_once(bench, INSERT, *calls)
    assert Counter(statuses(answers)) == {201: 1, 409: MANY - 1}
    refused = [answer for answer in answers if answer["statusCode"] == 409]
    assert set(codes(refused)) == {"sku_taken"}
    assert actions(sku) == ["created"]
    assert_sound(sku)
    # Its event is told and done, and there was no other.
    (told,) = take(settings().notifications_queue_url)
    assert told == {"history_id": str(changes(sku)[0]["id"])}
    assert untold(sku) == []


def test_of_two_prices_from_one_version_one_is_set(
    bench: Bench, editor: Client, colleague: Client
) -> None:
    product = made(editor)
    for number in range(ROUNDS):
        wanted = [price(f"{number}.0{who}") for who in (1, 2)]
        people = zip((editor, colleague), wanted, strict=True)
        calls = [("catalog.update", change(who, product, price=wish)) for who, wish in people]
        answers = at_once(bench, SELECT, *calls)
        assert sorted(statuses(answers)) == [200, 412]
        won = statuses(answers).index(200)
        before, product = product, get(editor, product["sku"]).body
        assert (product["price"], product["version"]) == (wanted[won], before["version"] + 1)
        assert product["updated_by"] == (editor, colleague)[won].user_id
        newest = changes(product["sku"])[-1]
        assert newest["changes"] == {"price": [before["price"], wanted[won]]}
        assert len(changes(product["sku"])) == number + 2
    assert_sound(product["sku"])


@pytest.mark.parametrize("conditional", [True, False], ids=["If-Match", "no If-Match"])
def test_a_change_comes_before_a_deletion_or_not_at_all(
    bench: Bench, editor: Client, colleague: Client, conditional: bool
) -> None:
    allowed = {(200, 412), (404, 204)} if conditional else {(200, 204), (404, 204)}
    for _ in range(ROUNDS // 2):
        product = made(editor)
        answers = at_once(
            bench,
            SELECT,
            ("catalog.update", change(editor, product, name="Other")),
            ("catalog.delete", deletion(colleague, product, conditional=conditional)),
        )
        done = tuple(statuses(answers))
        assert done in allowed
        words = {200: "updated", 204: "deleted"}
        expected = ["created", *(words[status] for status in done if status in words)]
        assert actions(product["sku"]) == expected
        assert get(editor, product["sku"]).status == (404 if done[1] == 204 else 200)
        assert_sound(product["sku"])


def test_of_two_deletions_one_is_done(bench: Bench, editor: Client, colleague: Client) -> None:
    for _ in range(ROUNDS // 2):
        product = made(editor)
        calls = [("catalog.delete", deletion(who, product)) for who in (editor, colleague)]
        answers = at_once(bench, SELECT, *calls)
        assert sorted(statuses(answers)) == [204, 404]
        assert actions(product["sku"]) == ["created", "deleted"]
        assert_sound(product["sku"])


def test_a_sku_that_is_given_up_and_taken_at_once_is_one_products(
    bench: Bench, editor: Client, colleague: Client
) -> None:
    for step in (Act.FREEZE_BEFORE, Act.FREEZE_AFTER):
        product = made(editor)
        sku = product["sku"]
        # The deletion is about to be committed: who wants the SKU waits to see how it ends.
        faults = bench.plan({COMMIT: Fault(step)})
        first = bench.start("catalog.delete", deletion(editor, product), FRAGUA_TIME_SCALE="1")
        faults.await_freeze()
        second = bench.start("catalog.create", creation(colleague, sku), FRAGUA_TIME_SCALE="1")
        await_step(faults, INSERT)
        faults.thaw()
        assert statuses([first.answer(), second.answer()]) == [204, 201]
        assert [row["deleted_at"] is None for row in rows(sku)] == [False, True]
        assert actions(sku) == ["created", "deleted", "created"]
        assert_sound(sku)


def test_no_version_of_a_product_comes_again_with_the_next_one_of_its_sku(
    bench: Bench, editor: Client, colleague: Client
) -> None:
    product = made(editor)
    with lanes(bench) as start:
        event = creation(colleague, product["sku"])
        lane = start({INSERT: Fault(Act.FREEZE_BEFORE)}, "catalog.create", event)
        lane.faults.await_freeze()
        changed = invoke("catalog.update", change(editor, product, name="Last"))
        assert invoke("catalog.delete", deletion(editor, product))["statusCode"] == 204
        lane.faults.thaw()
        assert lane.worker.answer()["statusCode"] == 201
    for stale in (product, json.loads(changed["body"])):
        answer = invoke("catalog.update", change(editor, stale, name="Lost"))
        assert answer["statusCode"] == 412
    assert_sound(product["sku"])


def test_of_one_request_sent_ten_times_at_once_one_makes_a_product(
    bench: Bench, editor: Client
) -> None:
    sku = new_sku()
    calls = [("catalog.create", creation(editor, sku, key=sku))] * 10
    answers = at_once(bench, "SQL INSERT INTO repeats", *calls)
    assert statuses(answers) == [201] * 10
    assert len({answer["body"] for answer in answers}) == 1
    assert actions(sku) == ["created"]
    assert_sound(sku)


def test_a_deadlock_is_no_more_than_a_reason_to_try_again(bench: Bench, editor: Client) -> None:
    product = made(editor)
    event = change(editor, product, name="New")
    with lanes(bench) as start, beside(bench) as db, ThreadPoolExecutor(1) as threads:
        # Whoever waits for so long looks for deadlocks: that shall be the change.
        db.execute(sa.text("set local deadlock_timeout = '30 s'"))
        db.execute(sa.select(users.c.id).where(users.c.id == editor.user_id).with_for_update())
        # It has locked the product, and is about to name its editor.
        lane = start({"SQL UPDATE products": Fault(Act.FREEZE_BEFORE)}, "catalog.update", event)
        lane.faults.await_freeze()
        rival = sa.select(products.c.id).where(products.c.sku == product["sku"]).with_for_update()
        waiting = threads.submit(db.execute, rival)
        eventually(locks_waited_for, bool)
        lane.faults.thaw()
        answer = lane.worker.answer()
        assert waiting.result(10).scalar_one()
    assert (answer["statusCode"], codes([answer])) == (503, ["unavailable"])
    assert int(answer["headers"]["retry-after"]) > 0
    assert get(editor, product["sku"]).body == product
    assert (actions(product["sku"]), untold(product["sku"])) == (["created"], [])
    assert invoke("catalog.update", event)["statusCode"] == 200
    assert_sound(product["sku"])


def locks_waited_for() -> int:
    """Return how many transactions wait for another one's row."""
    query = sa.text("select count(*) from pg_locks where not granted")
    with writer() as db:
        return int(db.execute(query).scalar_one())


def test_a_change_under_way_keeps_no_reader_waiting(
    bench: Bench, editor: Client, colleague: Client
) -> None:
    product, other = made(editor), made(editor)
    path = f"/v1/products/{product['sku']}"
    with lanes(bench) as start:
        # All is written and locked; only the commit is missing.
        event = change(editor, product, name="New")
        slow = start({COMMIT: Fault(Act.FREEZE_BEFORE)}, "catalog.update", event)
        slow.faults.await_freeze()
        events = {
            "catalog.get": http_event("GET", path, token=colleague.token),
            "catalog.head": http_event("HEAD", path),
            "catalog.list": http_event("GET", "/v1/products"),
            "catalog.history": http_event("GET", f"{path}/history", token=colleague.token),
            "catalog.update": change(colleague, other, name="New"),
        }
        answers = {module: invoke(module, event) for module, event in events.items()}
        assert statuses(list(answers.values())) == [200] * len(events)
        assert json.loads(answers["catalog.get"]["body"]) == product
        assert len(json.loads(answers["catalog.history"]["body"])["items"]) == 1
        # Whoever wants to change it as well waits for it, and then sees what became of it.
        waiting = start({}, "catalog.update", change(colleague, product, name="Newer"))
        await_step(waiting.faults, SELECT)
        slow.faults.thaw()
        assert statuses([slow.worker.answer(), waiting.worker.answer()]) == [200, 412]
    assert get(editor, product["sku"]).body["name"] == "New"
    assert_sound(product["sku"])
