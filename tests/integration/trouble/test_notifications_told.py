"""Admins are told of a change once and mailed at least once, whatever becomes of the worker."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from fragua.accounts.tables import users
from fragua.database import writer
from fragua.notifications.tables import notifications
from fragua.settings import settings
from tests.support.backend import Client, invoke
from tests.support.bench import Bench
from tests.support.catalog import made
from tests.support.editing import Json, assert_told_once, changes, others, told
from tests.support.events import queue_event
from tests.support.faults import Act, Fault, closed_port
from tests.support.lanes import Lane, Start, lanes, let_go, restart
from tests.support.plan_admin import new_superadmin
from tests.support.queues import take
from tests.support.restarts import Server

TELL = "notifications.tell_admins"
INSERT, COMMIT, SELECT = (
    "SQL INSERT INTO notifications", "SQL COMMIT", "SQL SELECT product_history",
)  # fmt: skip
DONE: Json = {"batchItemFailures": []}


@dataclass(frozen=True)
class News:
    """A product that was made, and the message about it."""

    sku: str
    message: Json

    @property
    def told(self) -> list[str]:
        """Who was told, each as often as he was."""
        return told(self.message["history_id"])


def failed(*positions: int) -> Json:
    """Make the answer that these messages of a batch shall come again."""
    return {"batchItemFailures": [{"itemIdentifier": f"message-{at}"} for at in positions]}


@pytest.fixture(scope="module", autouse=True)
def _few(backend: dict[str, str]) -> None:
    """Let there be few admins: each costs a mail."""
    with writer() as db:
        query = users.update().where(users.c.role != "user")
        db.execute(query.values(role="user"))


@pytest.fixture(scope="module")
def boss(backend: dict[str, str]) -> Client:
    """A superadmin, who is told as well."""
    return new_superadmin()


@pytest.fixture(autouse=True)
def _nothing_waits(bench: Bench, boss: Client, colleague: Client) -> None:
    take(settings().notifications_queue_url)
    take(settings().mail_queue_url)


def news(editor: Client) -> News:
    """Make a product of which nobody has heard."""
    sku = made(editor)["sku"]
    (entry,) = changes(sku)
    return News(sku, {"history_id": str(entry["id"])})


def assert_heard(*heard: News) -> None:
    """All others were told once, and mailed at least once."""
    mails = {mail["id"] for mail in take(settings().mail_queue_url)}
    for each in heard:
        assert_told_once(each.sku)
        own = notifications.c.history_id == each.message["history_id"]
        with writer() as db:
            told_of = db.execute(sa.select(notifications).where(own)).mappings().all()
        assert all(row["mailed_at"] for row in told_of)
        assert {str(row["id"]) for row in told_of} <= mails


def test_a_message_that_comes_twice_is_told_once_and_mailed_once(
    bench: Bench, editor: Client, colleague: Client, boss: Client
) -> None:
    one = news(editor)
    assert invoke(TELL, queue_event(one.message, one.message)) == DONE
    assert invoke(TELL, queue_event(one.message)) == DONE
    assert one.told == sorted([colleague.user_id, boss.user_id])
    mails = Counter(mail["to"] for mail in take(settings().mail_queue_url))
    assert mails == {colleague.email: 1, boss.email: 1}


def test_a_message_that_comes_five_times_at_once_is_told_once(bench: Bench, editor: Client) -> None:
    one = news(editor)
    faults = bench.plan({INSERT: Fault(Act.FREEZE_BEFORE, 5)})
    workers = [bench.start(TELL, queue_event(one.message)) for _ in range(5)]
    let_go(faults, INSERT, 5)
    assert [worker.answer() for worker in workers] == [DONE] * 5
    assert_heard(one)


def test_a_message_that_comes_while_its_first_delivery_is_under_way_is_told_once(
    bench: Bench, editor: Client
) -> None:
    one = news(editor)
    faults = bench.plan({COMMIT: Fault(Act.FREEZE_BEFORE)})
    first = bench.start(TELL, queue_event(one.message))
    faults.await_freeze()
    second = bench.start(TELL, queue_event(one.message))
    let_go(faults, INSERT, 2)
    assert [first.answer(), second.answer()] == [DONE, DONE]
    assert_heard(one)


@dataclass(frozen=True)
class Attempt:
    """A batch of two messages that breaks off in the second one."""

    first: News
    second: News
    lane: Lane

    @property
    def event(self) -> Json:
        """The batch."""
        return queue_event(self.first.message, self.second.message)


def begin(start: Start, editor: Client, before: Act, after: Act) -> list[Attempt]:
    """Start a batch for each step on the way of its second message."""
    rehearsal = start({}, TELL, queue_event(news(editor).message, news(editor).message))
    assert rehearsal.worker.answer() == DONE
    steps, attempts = rehearsal.faults.seen, list[Attempt]()
    for step in steps[steps.index(f"{SELECT} 2") :]:
        # To break off after another step is to break off before the next one.
        for act in (before, after) if COMMIT in step or "SQS" in step else (before,):
            first, second = news(editor), news(editor)
            event = queue_event(first.message, second.message)
            attempts.append(Attempt(first, second, start({step: Fault(act)}, TELL, event)))
    return attempts


def assert_all_heard(attempts: list[Attempt]) -> None:
    """Once their batches have come again, all others have heard of everything."""
    assert [invoke(TELL, attempt.event) for attempt in attempts] == [DONE] * len(attempts)
    assert_heard(*(each for attempt in attempts for each in (attempt.first, attempt.second)))


def test_messages_whose_worker_is_killed_at_any_step_are_told_once(
    bench: Bench, editor: Client
) -> None:
    with lanes(bench, killed=True) as start:
        attempts = begin(start, editor, Act.FREEZE_BEFORE, Act.FREEZE_AFTER)
    for attempt in attempts:
        assert attempt.first.told == others(editor.user_id)
        # All or nobody.
        assert attempt.second.told in ([], others(editor.user_id))
    assert_all_heard(attempts)


@pytest.mark.parametrize("restarted", [False, True], ids=["a cut line", "a restart"])
def test_messages_that_are_broken_off_at_any_step_come_again_and_are_told_once(
    bench: Bench, editor: Client, server: Server, restarted: bool
) -> None:
    acts = (Act.FREEZE_BEFORE, Act.FREEZE_AFTER) if restarted else (Act.CUT_BEFORE, Act.CUT_AFTER)
    with lanes(bench) as start:
        attempts = begin(start, editor, *acts)
        if restarted:
            restart(server, [attempt.lane for attempt in attempts])
        answers = [attempt.lane.worker.answer() for attempt in attempts]
    for attempt, answer in zip(attempts, answers, strict=True):
        assert answer in (DONE, failed(1))
        assert answer != DONE or attempt.second.told == others(editor.user_id)
        assert attempt.first.told == others(editor.user_id)
    assert failed(1) in answers
    assert_all_heard(attempts)


def test_while_postgresql_is_away_messages_come_again(bench: Bench, editor: Client) -> None:
    one = news(editor)
    url = sa.make_url(bench.direct["DATABASE_URL"])
    with closed_port() as port:
        away = url.set(port=port).render_as_string(hide_password=False)
        assert bench.start(TELL, queue_event(one.message), DATABASE_URL=away).answer() == failed(0)
    assert one.told == []
    assert invoke(TELL, queue_event(one.message)) == DONE
    assert_heard(one)


POISON: list[Any] = ["not JSON", "null", "{}", {"history_id": "1"}, {"history_id": None}]


@pytest.mark.parametrize("poison", POISON, ids=repr)
def test_of_a_batch_only_a_poisonous_message_comes_again(
    bench: Bench, editor: Client, poison: Any
) -> None:
    one, other = news(editor), news(editor)
    nobodys = {"history_id": str(uuid4())}
    event = queue_event(one.message, poison, nobodys, other.message)
    assert [bench.start(TELL, event).answer() for _ in range(2)] == [failed(1)] * 2
    assert_heard(one, other)
