"""Between the status and the message something dies: the message is sent again."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from fragua.settings import settings
from tests.support.backend import Client, assemble
from tests.support.bench import Bench, assert_whole, eventually
from tests.support.events import http_event
from tests.support.faults import ALWAYS, Act, Fault

DATA = b"fragua " * 1000
SEND = "SQS SendMessage"


@pytest.fixture(autouse=True)
def _empty_queue(bench: Bench) -> None:
    waiting()


def waiting() -> list[str]:
    """Take all that is in the queue and return the uploads that it is about."""
    found: list[str] = []
    queue, sqs = settings().assembly_queue_url, boto3.client("sqs")
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"])["upload_id"] for message in messages]
    return found


def kill_complete(bench: Bench, client: Client, upload: dict[str, Any], act: Act) -> None:
    """Complete an upload in a process that dies at its message."""
    faults = bench.plan({SEND: Fault(act)})
    event = http_event("POST", f"/v1/uploads/{upload['id']}/complete", token=client.token)
    worker = bench.start("uploads.complete", event, FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    worker.kill()
    bench.plan()


def sweep_until_sent(bench: Bench, upload: dict[str, Any]) -> None:
    """Run the sweeper, as the schedule does, until it sent the upload's message."""

    def look() -> list[str]:
        assert bench.start("uploads.sweep", {}).answer()["mended"] >= 0
        return waiting()

    eventually(look, lambda sent: upload["id"] in sent)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Act.ERROR, ALWAYS),
        Fault(Act.ERROR, ALWAYS, status=400, code="RequestThrottled"),
        Fault(Act.CUT_BEFORE, ALWAYS),
        Fault(Act.CUT_AFTER, ALWAYS),
    ],
    ids=["an error", "too much to do", "cut before", "cut after"],
)
def test_complete_says_503_without_its_message_and_sends_it_when_repeated(
    bench: Bench, client: Client, fault: Fault
) -> None:
    upload = client.begin(DATA)
    with bench.here({SEND: fault}):
        answer = client.complete(upload)
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]
    waiting()
    assert client.complete(upload).status == 202
    assert waiting() == [upload["id"]]
    assemble(client.user_id, upload["id"])
    assert_whole(client, upload, DATA)


@pytest.mark.parametrize("act", [Act.FREEZE_BEFORE, Act.FREEZE_AFTER])
def test_a_complete_that_died_at_its_message_is_mended_by_repeating_it(
    bench: Bench, client: Client, act: Act
) -> None:
    upload = client.begin(DATA)
    kill_complete(bench, client, upload, act)
    waiting()
    assert client.get(upload)["status"] == "assembling"
    assert client.complete(upload).status == 202
    assert waiting() == [upload["id"]]


def test_a_complete_that_died_before_its_message_is_mended_by_the_sweeper(
    bench: Bench, client: Client
) -> None:
    upload = client.begin(DATA)
    with bench.here({SEND: Fault(Act.ERROR, ALWAYS)}, FRAGUA_TIME_SCALE="200"):
        assert client.complete(upload).status == 503
    sweep_until_sent(bench, upload)
    assemble(client.user_id, upload["id"])
    assert_whole(client, upload, DATA)


def test_the_sweeper_sends_again_what_a_dead_worker_had(bench: Bench, client: Client) -> None:
    upload = client.begin(DATA)
    assert client.complete(upload).status == 202
    waiting()
    faults = bench.plan({"S3 HeadObject": Fault(Act.FREEZE_BEFORE)})
    worker = bench.assemble(upload, client)
    faults.await_freeze()
    worker.kill()
    bench.plan()
    sweep_until_sent(bench, upload)
    assert bench.assemble(upload, client).answer() == {"batchItemFailures": []}
    assert_whole(client, upload, DATA)


def test_the_sweeper_that_could_not_send_comes_back(bench: Bench, client: Client) -> None:
    upload = client.begin(DATA)
    with bench.here({SEND: Fault(Act.ERROR, ALWAYS)}, FRAGUA_TIME_SCALE="200"):
        assert client.complete(upload).status == 503
    bench.plan({SEND: Fault(Act.ERROR, 3)})
    sweep_until_sent(bench, upload)


def test_a_message_of_the_sweeper_for_a_living_worker_is_not_sent(
    bench: Bench, client: Client
) -> None:
    upload = client.begin(DATA)
    assert client.complete(upload).status == 202
    waiting()
    faults = bench.plan({"S3 HeadObject": Fault(Act.FREEZE_BEFORE)})
    # Its lease is 90 s, so it lives, however slow it is.
    worker = bench.assemble(upload, client, FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    assert client.complete(upload).status == 202
    bench.start("uploads.sweep", {}).answer()
    assert upload["id"] not in waiting()
    faults.thaw()
    assert worker.answer() == {"batchItemFailures": []}
    assert_whole(client, upload, DATA)
