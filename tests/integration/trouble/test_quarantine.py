"""Findings that come twice, early or late, and workers that die of them: one effect, or none."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import boto3
import pytest
import sqlalchemy as sa

from tests.support.backend import Client, assemble, environment_of, invoke
from tests.support.bench import COMMIT, Bench, assert_failed, closed_upload, crc32
from tests.support.deaths import Dead, Deaths
from tests.support.events import queue_event
from tests.support.faults import Act, Fault, closed_port
from tests.support.lanes import lanes, let_go, restart
from tests.support.queues import take
from tests.support.restarts import Server
from tests.support.scans import (
    AGAIN,
    DONE,
    WORKER,
    Json,
    download,
    found,
    key_of,
    release,
    result,
    shown,
    tell,
)

pytestmark = pytest.mark.timeout(120)
DATA = b"a virus"
# What the worker asks of others, in order.
SELECT, UPDATE = "SQL SELECT files", "SQL UPDATE files"
STEPS = (SELECT, UPDATE, "SQL COMMIT")


def status(client: Client, upload: Json) -> tuple[str, int]:
    return shown(client, upload)["status"], download(client, upload).status


KEPT_BACK, HANDED_OUT = ("quarantined", 403), ("ready", 302)


def test_the_steps_above_are_all_there_are(bench: Bench, client: Client) -> None:
    upload = client.upload(DATA)
    faults = bench.plan()
    assert bench.start(WORKER, queue_event(found(client, upload))).answer() == DONE
    assert tuple(faults.seen) == STEPS
    assert status(client, upload) == KEPT_BACK


def test_a_finding_that_comes_before_its_file_comes_again_until_the_file_is_there(
    client: Client,
) -> None:
    upload = closed_upload(client, DATA)
    message = found(client, upload)
    assert [tell(message) for _ in range(3)] == [AGAIN] * 3
    assemble(client.user_id, upload["id"])
    assert tell(message) == DONE
    assert status(client, client.get(upload)) == KEPT_BACK


@pytest.mark.parametrize("queue", ["ScanResultsQueue", "ScanResultsDeadLetters"])
def test_a_finding_that_comes_too_early_is_seen_again_long_before_its_queue_says(
    client: Client, queue: str
) -> None:
    message, sqs = found(client, closed_upload(client, DATA)), boto3.client("sqs")
    (url,) = [each for each in sqs.list_queues()["QueueUrls"] if queue in each]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message))
    (taken,) = sqs.receive_message(QueueUrl=url)["Messages"]
    event = queue_event(message, queue=url.rpartition("/")[2])
    event["Records"][0]["receiptHandle"] = taken["ReceiptHandle"]
    with environment_of({"FRAGUA_TIME_SCALE": "600"}):
        assert invoke(WORKER, event) == AGAIN
    assert take(url) == [message]


@pytest.mark.parametrize("mode", ["direct", "relay"])
def test_a_finding_that_comes_while_the_row_is_written_is_not_lost(
    bench: Bench, client: Client, mode: str
) -> None:
    upload = closed_upload(client, DATA, mode=mode)
    faults = bench.plan({COMMIT: Fault(Act.FREEZE_BEFORE)})
    worker = bench.assemble(upload, client, FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    # The object is there, and a row that nobody else sees.
    assert tell(found(client, upload)) == AGAIN
    faults.thaw()
    assert worker.answer() == DONE
    assert tell(found(client, upload)) == DONE
    assert status(client, client.get(upload)) == KEPT_BACK


def test_a_finding_of_an_upload_that_failed_or_was_aborted_ends_quietly(client: Client) -> None:
    wrong = closed_upload(client, DATA, checksum=crc32(b"other bytes"))
    assemble(client.user_id, wrong["id"])
    assert_failed(client, wrong, "checksum_mismatch")
    aborted = client.begin(DATA)
    path = f"/v1/uploads/{aborted['id']}"
    assert client.call("uploads.abort", "DELETE", path).status == 204
    nobodys = {"id": "019aa3c0-0000-7000-8000-00000000000a"}
    for upload in (wrong, aborted, nobodys):
        assert tell(found(client, upload)) == DONE


def test_a_finding_of_a_deleted_file_ends_quietly(client: Client) -> None:
    upload = client.upload(DATA)
    path = f"/v1/files/{upload['file_id']}"
    assert client.call("files.delete", "DELETE", path).status == 204
    messages = (found(client, upload), result(key_of(client, upload), "NO_THREATS_FOUND"))
    assert tell(*messages) == DONE
    assert client.call("files.get", "GET", path).status == 404


def test_a_file_that_is_deleted_while_it_is_judged_is_gone(bench: Bench, client: Client) -> None:
    upload = client.upload(DATA)
    faults = bench.plan({UPDATE: Fault(Act.FREEZE_BEFORE)})
    worker = bench.start(WORKER, queue_event(found(client, upload)), FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    path = f"/v1/files/{upload['file_id']}"
    assert client.call("files.delete", "DELETE", path).status == 204
    faults.thaw()
    assert worker.answer() == DONE
    assert client.call("files.get", "GET", path).status == 404
    assert client.call("files.list", "GET", "/v1/files").body["items"] == []


def test_a_finding_that_comes_five_times_at_once_counts_once(bench: Bench, client: Client) -> None:
    upload = client.upload(DATA)
    faults = bench.plan({UPDATE: Fault(Act.FREEZE_BEFORE, 5)})
    workers = [bench.start(WORKER, queue_event(found(client, upload))) for _ in range(5)]
    let_go(faults, UPDATE, 5)
    assert [worker.answer() for worker in workers] == [DONE] * 5
    assert status(client, upload) == KEPT_BACK
    # One word of the operator's is enough for all of them.
    release(client, upload)
    assert status(client, upload) == HANDED_OUT


def test_a_finding_that_outlived_the_operators_word_undoes_it_not(
    bench: Bench, client: Client
) -> None:
    upload = client.upload(DATA)
    faults = bench.plan({UPDATE: Fault(Act.FREEZE_BEFORE)})
    slow = bench.start(WORKER, queue_event(found(client, upload)), FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    assert tell(found(client, upload)) == DONE
    release(client, upload)
    faults.thaw()
    assert slow.answer() == DONE
    assert status(client, upload) == HANDED_OUT


def test_a_worker_that_dies_at_any_step_is_followed_by_one_that_quarantines(
    bench: Bench, client: Client
) -> None:
    deaths = Deaths()
    for steps in count():
        upload = client.upload(DATA)
        try:
            with deaths.after(steps):
                tell(found(client, upload))
        except Dead:
            # All of it or nothing.
            assert status(client, upload) in (KEPT_BACK, HANDED_OUT)
            assert tell(found(client, upload)) == DONE
            assert status(client, upload) == KEPT_BACK
        else:
            break
    assert steps >= len(STEPS)


@pytest.mark.parametrize("restarted", [False, True], ids=["a cut line", "a restart"])
def test_a_finding_that_is_broken_off_comes_again_and_quarantines(
    bench: Bench, client: Client, server: Server, restarted: bool
) -> None:
    uploads = [client.upload(DATA) for _ in STEPS]
    act = Act.FREEZE_BEFORE if restarted else Act.CUT_BEFORE
    with lanes(bench) as start:
        attempts = [
            start({step: Fault(act)}, WORKER, queue_event(found(client, upload)))
            for step, upload in zip(STEPS, uploads, strict=True)
        ]
        if restarted:
            restart(server, attempts)
        answers = [attempt.worker.answer() for attempt in attempts]
    assert AGAIN in answers
    for upload, answer in zip(uploads, answers, strict=True):
        assert answer == AGAIN or status(client, upload) == KEPT_BACK
        assert tell(found(client, upload)) == DONE
        assert status(client, upload) == KEPT_BACK


def test_while_postgresql_is_away_a_finding_comes_again(bench: Bench, client: Client) -> None:
    upload = client.upload(DATA)
    url = sa.make_url(bench.direct["DATABASE_URL"])
    with closed_port() as port:
        away = url.set(port=port).render_as_string(hide_password=False)
        event = queue_event(found(client, upload))
        assert bench.start(WORKER, event, DATABASE_URL=away).answer() == AGAIN
    assert status(client, upload) == HANDED_OUT
    assert tell(found(client, upload)) == DONE


def test_while_dynamodb_is_away_a_finding_without_a_file_comes_again(
    bench: Bench, client: Client
) -> None:
    upload = closed_upload(client, DATA)
    with closed_port() as port:
        away = f"http://127.0.0.1:{port}"
        event = queue_event(found(client, upload))
        assert bench.start(WORKER, event, AWS_ENDPOINT_URL=away).answer() == AGAIN


POISON: list[Any] = [
    "not JSON",
    "null",
    "[]",
    "{}",
    {"detail": {}},
    result("files/x", "INFECTED", "b"),
]


@pytest.mark.parametrize("poison", POISON, ids=repr)
def test_of_a_batch_only_what_nobody_understands_comes_again(
    bench: Bench, client: Client, poison: Any
) -> None:
    first, second = (client.upload(DATA) for _ in range(2))
    event = queue_event(found(client, first), poison, found(client, second))
    failed = {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert [bench.start(WORKER, event).answer() for _ in range(2)] == [failed] * 2
    assert [status(client, upload) for upload in (first, second)] == [KEPT_BACK] * 2
