"""Changes of products that break off: killed, cut off, or met by a restart of PostgreSQL.

Each is tried at every step of its way, side by side. Afterwards it was done wholly or not at all,
its client may send it again, and the other admins are told of it once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.backend import Client, invoke
from tests.support.bench import Bench
from tests.support.buckets import empty_outbox, sweep
from tests.support.catalog import made, new_sku
from tests.support.editing import (
    Json,
    actions,
    assert_sound,
    assert_told_once,
    change,
    creation,
    deletion,
    tell_all,
)
from tests.support.faults import Act, Fault, next_try
from tests.support.lanes import Lane, Start, lanes, restart
from tests.support.restarts import Server

COMMIT = "SQL COMMIT"
# Dozens of processes: on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(120)


def create(editor: Client) -> tuple[str, Json]:
    sku = new_sku()
    return sku, creation(editor, sku, key=sku)


def update(editor: Client) -> tuple[str, Json]:
    product = made(editor)
    return product["sku"], change(
        editor, product, name="Other", price={**product["price"], "amount": "9.99"}
    )


def delete(editor: Client) -> tuple[str, Json]:
    product = made(editor)
    return product["sku"], deletion(editor, product)


@dataclass(frozen=True)
class Kind:
    """A request, its success, what it leaves in the history, and what a vain repetition says."""

    module: str
    prepare: Callable[[Client], tuple[str, Json]]
    done: int
    history: Sequence[str]
    again: int


KINDS = [
    # A repetition with its key shows what was made.
    Kind("catalog.create", create, 201, ["created"], 201),
    Kind("catalog.update", update, 200, ["created", "updated"], 412),
    Kind("catalog.delete", delete, 204, ["created", "deleted"], 404),
]


@dataclass
class Attempt:
    """One request that breaks off."""

    kind: Kind
    step: str
    act: Act
    sku: str
    event: Json
    lane: Lane
    # Whether the step is one before the answer to the commit.
    open: bool

    @property
    def about(self) -> str:
        """Which attempt it is."""
        return f"{self.kind.module}: {self.act.name} {self.step}"


def begin(start: Start, kind: Kind, editor: Client, before: Act, after: Act) -> list[Attempt]:
    """Start a request for each step on its way, and one more for each answer that counts.

    To break off after another step is to break off before the next one.
    """
    _, event = kind.prepare(editor)
    rehearsal = start({}, kind.module, event)
    assert rehearsal.worker.answer()["statusCode"] == kind.done
    steps, attempts = rehearsal.faults.seen, list[Attempt]()
    for at, step in enumerate(steps):
        is_sql = step.startswith("SQL")
        for act in (before, after) if step.startswith(COMMIT) or not is_sql else (before,):
            sku, event = kind.prepare(editor)
            lane = start({step: Fault(act)}, kind.module, event)
            is_open = is_sql and at <= steps.index(COMMIT)
            attempts.append(Attempt(kind, step, act, sku, event, lane, is_open))
    return attempts


def assert_whole(attempt: Attempt, status: int | None) -> None:
    """The request was done or not, nothing in between; sent again, it is done, and done once."""
    kind, before = attempt.kind, actions(attempt.sku)
    assert_sound(attempt.sku)
    assert before in (kind.history, kind.history[:-1]), attempt.about
    done = before == kind.history
    if status == kind.done:
        assert done, attempt.about
    again = invoke(kind.module, attempt.event)
    assert again["statusCode"] == (kind.again if done else kind.done), attempt.about
    assert actions(attempt.sku) == kind.history, attempt.about
    assert_sound(attempt.sku)


def assert_all_well(attempts: Sequence[Attempt], statuses: Sequence[int | None]) -> None:
    """All of them are whole, and whoever is to hear of them has heard of them once."""
    for attempt, status in zip(attempts, statuses, strict=True):
        assert_whole(attempt, status)
    sweep()
    tell_all()
    for attempt in attempts:
        assert_told_once(attempt.sku)


@pytest.fixture(autouse=True)
def _nothing_waits(bench: Bench, colleague: Client) -> None:
    empty_outbox()
    tell_all()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.module)
def test_a_request_that_is_killed_at_any_step_is_done_wholly_or_not_at_all(
    bench: Bench, editor: Client, kind: Kind
) -> None:
    with lanes(bench, killed=True) as start:
        attempts = begin(start, kind, editor, Act.FREEZE_BEFORE, Act.FREEZE_AFTER)
    assert_all_well(attempts, [None] * len(attempts))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.module)
def test_a_request_whose_line_is_cut_at_any_step_is_done_wholly_or_not_at_all(
    bench: Bench, editor: Client, kind: Kind
) -> None:
    with lanes(bench) as start:
        attempts = begin(start, kind, editor, Act.CUT_BEFORE, Act.CUT_AFTER)
        answers = [attempt.lane.worker.answer() for attempt in attempts]
    for attempt, answer in zip(attempts, answers, strict=True):
        assert_said(attempt, answer, lost=attempt.open)
    assert_all_well(attempts, [answer["statusCode"] for answer in answers])


def assert_said(attempt: Attempt, answer: Any, *, lost: bool) -> None:
    """What broke off before the end of the commit is 503; all the rest is done."""
    assert answer["statusCode"] == (503 if lost else attempt.kind.done), attempt.about
    assert not lost or int(answer["headers"]["retry-after"]) > 0


def either_way(attempt: Attempt) -> bool:
    """Whether it is a matter of time what a stopped request says after the restart.

    The answer to the commit was on its way, but maybe not soon enough. Who asked DynamoDB again
    instead of waiting may have come to the database in the midst of its restart.
    """
    late = (attempt.step, attempt.act) == (COMMIT, Act.FREEZE_AFTER)
    is_sql = attempt.step.startswith("SQL")
    return late or (not is_sql and next_try(attempt.step) in attempt.lane.faults.seen)


def test_a_request_that_a_restart_of_postgresql_meets_is_done_wholly_or_not_at_all(
    bench: Bench, editor: Client, server: Server
) -> None:
    with lanes(bench) as start:
        acts = Act.FREEZE_BEFORE, Act.FREEZE_AFTER
        attempts = [each for kind in KINDS for each in begin(start, kind, editor, *acts)]
        restart(server, [attempt.lane for attempt in attempts])
        answers = [attempt.lane.worker.answer() for attempt in attempts]
    for attempt, answer in zip(attempts, answers, strict=True):
        if not either_way(attempt):
            assert_said(attempt, answer, lost=attempt.open)
    assert_all_well(attempts, [answer["statusCode"] for answer in answers])
