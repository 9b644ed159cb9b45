"""The client's path of a relayed fragment: killed, cut, raced, and late for its upload."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from fragua.errors import Problem
from fragua.uploads import relayed, service
from tests.support.backend import Client, assemble, environment_of
from tests.support.bench import HURRY, Bench, assert_whole, at_once, committed
from tests.support.events import http_event
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.relay import fragment_keys, kept, parts_there, sweep_until_gone
from tests.support.tables import age
from tests.support.workers import Worker

ROUNDS = int(os.environ.get("FRAGUA_RACE_ROUNDS", "20"))
DATA = b"fragua " * 1000
FRAGMENT = 4000
DONE: dict[str, list[Any]] = {"batchItemFailures": []}


def begun(client: Client) -> dict[str, Any]:
    """Begin an upload of two fragments; nothing is sent."""
    new = {"file_name": "a", "size": len(DATA), "mode": "relay", "fragment_size": FRAGMENT}
    return client.create(new)[0]


def start_put(
    bench: Bench, client: Client, upload: dict[str, Any], number: int, piece: bytes
) -> Worker:
    """Send a fragment from a process of its own."""
    path = f"/v1/uploads/{upload['id']}/fragments/{number}"
    event = http_event("PUT", path, piece, token=client.token)
    return bench.start("uploads.put_fragment", event, FRAGUA_TIME_SCALE="1")


def finish(client: Client, upload: dict[str, Any]) -> None:
    assert client.complete(upload).status == 202
    assert assemble(client.user_id, upload["id"]) == DONE


@pytest.mark.parametrize("step", ["S3 PutObject", "DynamoDB PutItem"])
@pytest.mark.parametrize("act", [Act.FREEZE_BEFORE, Act.FREEZE_AFTER])
def test_a_fragment_whose_sender_was_killed_is_sent_again(
    bench: Bench, client: Client, step: str, act: Act
) -> None:
    upload = begun(client)
    assert client.put(upload, 2, DATA[FRAGMENT:]).status == 204
    faults = bench.plan({step: Fault(act)})
    worker = start_put(bench, client, upload, 1, DATA[:FRAGMENT])
    faults.await_freeze()
    worker.kill()
    bench.plan()
    recorded = (step, act) == ("DynamoDB PutItem", Act.FREEZE_AFTER)
    assert client.get(upload)["missing"] == ([] if recorded else [[1, 1]])
    assert client.put(upload, 1, DATA[:FRAGMENT]).status == 204
    finish(client, upload)
    assert_whole(client, upload, DATA)
    assert fragment_keys(client, upload) == []


def test_what_a_killed_sender_left_makes_no_fragment_and_goes_with_the_others(
    bench: Bench, client: Client
) -> None:
    upload = begun(client)
    assert client.put(upload, 2, DATA[FRAGMENT:]).status == 204
    faults = bench.plan({"DynamoDB PutItem": Fault(Act.FREEZE_BEFORE)})
    worker = start_put(bench, client, upload, 1, b"?" * FRAGMENT)
    faults.await_freeze()
    worker.kill()
    bench.plan()
    assert len(fragment_keys(client, upload)) == 2
    answer = client.complete(upload)
    assert (answer.status, answer.body["missing"]) == (409, [[1, 1]])
    assert client.put(upload, 1, DATA[:FRAGMENT]).status == 204
    finish(client, upload)
    assert_whole(client, upload, DATA)
    assert fragment_keys(client, upload) == []


@pytest.mark.parametrize("step", ["S3 PutObject", "DynamoDB PutItem"])
@pytest.mark.parametrize("times", [1, ALWAYS])
def test_a_fragment_whose_replies_got_lost_is_there_once(
    bench: Bench, client: Client, step: str, times: int
) -> None:
    upload = begun(client)
    with bench.here({step: Fault(Act.CUT_AFTER, times)}):
        statuses = [client.put(upload, 1, DATA[:FRAGMENT]).status]
    assert statuses == [204 if times == 1 else 503]
    assert client.put(upload, 1, DATA[:FRAGMENT]).status == 204
    assert client.put(upload, 1, b"?" * FRAGMENT).status == 409
    assert len(fragment_keys(client, upload)) == 1
    assert client.put(upload, 2, DATA[FRAGMENT:]).status == 204
    finish(client, upload)
    assert_whole(client, upload, DATA)


def test_of_two_senders_with_other_bytes_one_wins_and_nothing_is_left_of_the_other(
    bench: Bench, client: Client
) -> None:
    # Each round is about a fragment of its own.
    new = {"file_name": "a", "size": 2 * ROUNDS, "mode": "relay", "fragment_size": 2}
    (upload,) = client.create(new)
    ids, won = (UUID(client.user_id), UUID(upload["id"])), b""
    with bench.here():
        for turn in range(ROUNDS):
            texts = [bytes([turn, sender]) for sender in (1, 2)]
            calls = [partial(service.receive, *ids, turn + 1, text, None) for text in texts]
            answers = at_once(*calls)
            codes = sorted(answer.code for answer in answers if isinstance(answer, Problem))
            assert codes == ["fragment_conflict"]
            won += texts[answers.index(None)]
            assert len(fragment_keys(client, upload)) == turn + 1
    finish(client, upload)
    assert_whole(client, upload, won)


def test_whoever_was_overtaken_by_other_bytes_drops_his_own(bench: Bench, client: Client) -> None:
    upload = begun(client)
    faults = bench.plan({"DynamoDB PutItem": Fault(Act.FREEZE_BEFORE)})
    slow = start_put(bench, client, upload, 1, b"?" * FRAGMENT)
    faults.await_freeze()
    assert client.put(upload, 1, DATA[:FRAGMENT]).status == 204
    assert len(fragment_keys(client, upload)) == 2
    faults.thaw()
    assert slow.answer()["statusCode"] == 409
    assert len(fragment_keys(client, upload)) == 1
    assert client.put(upload, 2, DATA[FRAGMENT:]).status == 204
    finish(client, upload)
    assert_whole(client, upload, DATA)


def test_twenty_senders_of_the_same_bytes_are_one(bench: Bench, client: Client) -> None:
    upload = begun(client)
    ids = UUID(client.user_id), UUID(upload["id"])
    with bench.here():
        send = partial(service.receive, *ids, 1, DATA[:FRAGMENT], None)
        assert at_once(*[send] * 20) == [None] * 20
    assert len(fragment_keys(client, upload)) == 1
    assert [piece.number for piece in relayed.pieces(kept(client, upload))] == [1]


def abort(bench: Bench, client: Client, upload: dict[str, Any]) -> None:
    assert client.call("uploads.abort", "DELETE", f"/v1/uploads/{upload['id']}").status == 204


def expire(bench: Bench, client: Client, upload: dict[str, Any]) -> None:
    age(client, upload, created_at=1, seen_at=1, due_at=1)
    bench.start("uploads.sweep", {}).answer()
    assert client.get(upload)["status"] == "expired"


def publish(bench: Bench, client: Client, upload: dict[str, Any]) -> None:
    """Complete with the same fragment sent a second time, by a client that was impatient."""
    assert client.put(upload, 1, DATA[:FRAGMENT]).status == 204
    assert client.complete(upload).status == 202
    assert bench.assemble(upload, client).answer() == DONE
    assert client.get(upload)["status"] == "ready"


@pytest.mark.parametrize(
    ("step", "end"),
    [
        ("S3 PutObject", abort),
        ("S3 PutObject", expire),
        ("S3 PutObject", publish),
        ("DynamoDB PutItem", abort),
        ("DynamoDB PutItem", expire),
        ("DynamoDB PutItem", publish),
    ],
)
def test_of_a_fragment_in_flight_while_its_upload_ends_nothing_remains(
    bench: Bench, client: Client, step: str, end: Callable[..., None]
) -> None:
    upload = begun(client)
    assert client.put(upload, 2, DATA[FRAGMENT:]).status == 204
    faults = bench.plan({step: Fault(Act.FREEZE_BEFORE)})
    late = start_put(bench, client, upload, 1, DATA[:FRAGMENT])
    faults.await_freeze()
    # The sweeper's clock, so that it need not be waited for.
    with environment_of(bench.direct | HURRY):
        end(bench, client, upload)
    faults.thaw()
    assert late.answer()["statusCode"] in {204, 409, 410}
    sweep_until_gone(bench, client, upload, seconds=3)
    assert parts_there(client, upload) == set()
    assert committed(client) == (len(DATA) if end is publish else 0)
