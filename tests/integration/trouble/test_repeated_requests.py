"""Requests with an Idempotency-Key die, lose their answers, meet each other: one result each."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from fragua.accounts import sessions
from fragua.errors import Problem
from fragua.idempotency import Once
from fragua.settings import settings
from fragua.uploads import creation
from fragua.uploads.schemas import NewUpload
from tests.support.backend import MIB, Answer, Client, assemble, send
from tests.support.bench import Bench, at_once, committed, eventually
from tests.support.events import http_event
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.relay import multiparts
from tests.support.tables import change, guards
from tests.support.workers import Worker

DATA = b"fragua " * 1000
MANY = 20
TRANSACTION = "DynamoDB TransactWriteItems"
FILES = {"files": [{"file_name": "a", "size": len(DATA)}, {"file_name": "b", "size": 5 * MIB}]}
TOTAL = len(DATA) + 5 * MIB


def create(client: Client, key: str, body: Any = FILES) -> Answer:
    headers = {"idempotency-key": key}
    return client.call("uploads.create", "POST", "/v1/uploads", body, headers=headers)


def start_create(bench: Bench, client: Client, key: str, scale: str = "1") -> Worker:
    headers = {"idempotency-key": key}
    event = http_event("POST", "/v1/uploads", FILES, token=client.token, headers=headers)
    return bench.start("uploads.create", event, FRAGUA_TIME_SCALE=scale)


def listed(client: Client) -> list[str]:
    answer = client.call("uploads.list", "GET", "/v1/uploads")
    return sorted(upload["id"] for upload in answer.body["items"])


def let_go(client: Client) -> None:
    """Let the time pass that a request may take."""
    (guard,) = [name for name in guards() if name.startswith(f"once:uploads:{client.user_id}:")]
    change(settings().guards_table, {"guard": guard}, free_at=time.time() - 1)


def assert_made_once(client: Client, answer: Answer) -> None:
    assert answer.status == 201, answer
    uploads = answer.body["uploads"]
    assert [upload["file_name"] for upload in uploads] == ["a", "b"]
    assert listed(client) == sorted(upload["id"] for upload in uploads)
    assert committed(client) == TOTAL
    # What was made can be used: nobody dropped its multipart upload.
    send(uploads[0], DATA)
    assert client.complete(uploads[0]).status == 202
    assemble(client.user_id, uploads[0]["id"])
    assert client.get(uploads[0])["status"] == "ready"


BEFORE_IT_WAS_MADE = [
    ("DynamoDB PutItem", Act.FREEZE_AFTER),
    ("S3 CreateMultipartUpload", Act.FREEZE_BEFORE),
    ("S3 CreateMultipartUpload 2", Act.FREEZE_AFTER),
    (TRANSACTION, Act.FREEZE_BEFORE),
]


@pytest.mark.parametrize(("step", "act"), BEFORE_IT_WAS_MADE)
def test_the_key_of_a_killed_request_is_free_when_it_can_not_be_running_any_more(
    bench: Bench, client: Client, step: str, act: Act
) -> None:
    key = uuid4().hex
    faults = bench.plan({step: Fault(act)})
    worker = start_create(bench, client, key)
    faults.await_freeze()
    worker.kill()
    bench.plan()
    answer = create(client, key)
    assert (answer.status, answer.body["code"]) == (409, "in_progress")
    assert answer.headers["retry-after"]
    assert create(client, key, {"files": FILES["files"][:1]}).status == 422
    let_go(client)
    assert_made_once(client, create(client, key))


def test_the_key_of_a_killed_request_is_free_after_thirty_seconds(
    bench: Bench, client: Client
) -> None:
    key = uuid4().hex
    faults = bench.plan({TRANSACTION: Fault(Act.FREEZE_BEFORE)})
    worker, began = start_create(bench, client, key, scale="10"), time.monotonic()
    faults.await_freeze()
    worker.kill()
    bench.plan()
    answer = eventually(lambda: create(client, key), lambda answer: answer.status != 409)
    assert 1 < time.monotonic() - began < 10
    assert_made_once(client, answer)


def test_a_request_that_was_killed_when_all_was_made_is_shown_what_it_made(
    bench: Bench, client: Client
) -> None:
    key = uuid4().hex
    faults = bench.plan({TRANSACTION: Fault(Act.FREEZE_AFTER)})
    worker = start_create(bench, client, key)
    faults.await_freeze()
    worker.kill()
    bench.plan()
    made = listed(client)
    assert len(made) == 2
    answer = create(client, key)
    assert sorted(upload["id"] for upload in answer.body["uploads"]) == made
    assert_made_once(client, answer)


@pytest.mark.parametrize("times", [1, ALWAYS])
def test_the_lost_reply_of_the_transaction_makes_nothing_twice(
    bench: Bench, client: Client, times: int
) -> None:
    key = uuid4().hex
    with bench.here({TRANSACTION: Fault(Act.CUT_AFTER, times)}):
        first = create(client, key)
    assert first.status == (201 if times == 1 else 503)
    made = listed(client)
    again = create(client, key)
    assert sorted(upload["id"] for upload in again.body["uploads"]) == made
    assert_made_once(client, again)


def test_the_lost_reply_of_the_claim_does_not_lock_the_request_out(
    bench: Bench, client: Client
) -> None:
    # The SDK sends the claim again, and finds it made: by this very request.
    with bench.here({"DynamoDB PutItem": Fault(Act.CUT_AFTER)}):
        answer = create(client, uuid4().hex)
    assert_made_once(client, answer)


def test_a_request_whose_key_was_taken_over_makes_nothing(bench: Bench, client: Client) -> None:
    key = uuid4().hex
    faults = bench.plan({TRANSACTION: Fault(Act.FREEZE_BEFORE)})
    slow = start_create(bench, client, key)
    faults.await_freeze()
    let_go(client)
    answer = create(client, key)
    faults.thaw()
    late = slow.answer()
    assert late["statusCode"] == 409, late
    assert len(multiparts(client)) == 2
    assert_made_once(client, answer)


def test_of_twenty_requests_with_one_key_at_once_one_makes_something(
    bench: Bench, client: Client
) -> None:
    assert client.token
    account = sessions.authenticate(f"Bearer {client.token}").account
    once = Once.of(uuid4().hex, "request", lambda _: ("1", b"secret"))
    new = NewUpload(file_name="a", size=1)
    call: Callable[[], Any] = partial(creation.create, account, [new], once)
    with bench.here():
        answers = at_once(*[call] * MANY)
        shown = [call()[0].id]
    problems = [answer for answer in answers if isinstance(answer, Exception)]
    assert {p.code if isinstance(p, Problem) else p for p in problems} <= {"in_progress"}
    shown += [answer[0].id for answer in answers if not isinstance(answer, Exception)]
    assert (set(map(str, shown)), committed(client)) == (set(listed(client)), 1)
    assert len(multiparts(client)) == 1
