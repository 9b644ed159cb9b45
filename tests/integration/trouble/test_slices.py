"""Packing takes several messages, or two workers do it at once: each part is sent once."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

import pytest

from tests.support.backend import MIB, Client, received
from tests.support.bench import (
    Bench,
    after_lease,
    assert_whole,
    committed,
    eventually,
    rows,
    stored,
)
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.relay import (
    TWO_PARTS,
    assert_packed,
    fragments_read,
    last_try,
    parts_sent,
    parts_there,
    relayed_upload,
)

ROUNDS = int(os.environ.get("FRAGUA_RACE_ROUNDS", "3"))
# Nine parts of two fragments each, but for the last one.
NINE_PARTS = bytes(range(256)) * (64 * MIB // 256) + b"!"
FIVE_PARTS = NINE_PARTS[: 32 * MIB] + b"!"
SMALL = b"fragua " * 1000
# A slice is over at once, so that each takes the four parts that it has to.
SHORT = {"FRAGUA_TIME_SCALE": "1000000"}
SEND = "SQS SendMessage"
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def messages(upload: dict[str, Any]) -> int:
    """Take all that is in the queue and count what is about this upload."""
    return [json.loads(body)["upload_id"] for body in received()].count(upload["id"])


def test_each_slice_gets_on_and_queues_the_next_one(bench: Bench, client: Client) -> None:
    upload = relayed_upload(client, NINE_PARTS)
    received()
    faults = bench.plan()
    for parts in (4, 8):
        assert bench.assemble(upload, client, **SHORT).answer() == DONE
        assert len(parts_there(client, upload)) == parts
        assert client.get(upload)["status"] == "assembling"
        assert messages(upload) == 1
    assert bench.assemble(upload, client, **SHORT).answer() == DONE
    assert messages(upload) == 0
    assert parts_sent(faults) == Counter(range(1, 10))
    assert fragments_read(faults) == Counter(range(1, 18))
    assert_packed(bench, client, upload, NINE_PARTS)


def test_a_last_try_that_takes_long_goes_on_as_any_other(bench: Bench, client: Client) -> None:
    upload = relayed_upload(client, FIVE_PARTS)
    received()
    assert last_try(bench, client, upload, **SHORT).answer() == DONE
    assert client.get(upload)["status"] == "assembling"
    assert messages(upload) == 1
    assert bench.assemble(upload, client, **SHORT).answer() == DONE
    assert_packed(bench, client, upload, FIVE_PARTS)


@pytest.mark.parametrize("act", [Act.FREEZE_BEFORE, Act.FREEZE_AFTER, Act.ERROR])
def test_a_worker_that_ends_between_slices_loses_none_of_them(
    bench: Bench, client: Client, act: Act
) -> None:
    upload = relayed_upload(client, FIVE_PARTS)
    received()
    first = bench.plan({SEND: Fault(act, ALWAYS)})
    worker = bench.assemble(upload, client, **SHORT)
    if act is Act.ERROR:
        assert worker.answer() == AGAIN
    else:
        first.await_freeze()
        worker.kill()
    sent, read = parts_sent(first), fragments_read(first)
    assert len(sent) == 4
    second = bench.plan()
    assert bench.assemble(upload, client, **SHORT).answer() == DONE
    assert sent + parts_sent(second) == Counter(range(1, 6))
    assert read + fragments_read(second) == Counter(range(1, 10))
    assert_packed(bench, client, upload, FIVE_PARTS)


def test_a_second_message_leaves_the_work_to_the_worker_that_is_alive(
    bench: Bench, client: Client
) -> None:
    upload = relayed_upload(client, TWO_PARTS)
    faults = bench.plan({"S3 CreateMultipartUpload": Fault(Act.FREEZE_BEFORE)})
    # Its lease is 180 s, so it lives, however slow it is.
    first = bench.assemble(upload, client, FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    assert bench.assemble(upload, client, FRAGUA_TIME_SCALE="1").answer() == DONE
    assert fragments_read(faults) == Counter()
    faults.thaw()
    assert first.answer() == DONE
    assert parts_sent(faults) == Counter({1: 1, 2: 1})
    assert_packed(bench, client, upload, TWO_PARTS)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_workers_at_once_pack_one_file(bench: Bench, client: Client, turn: int) -> None:
    upload = relayed_upload(client, TWO_PARTS)
    workers = [bench.assemble(upload, client) for _ in range(2)]
    # One of them may have lost its lease to the other, and is to look again.
    assert DONE in [worker.answer() for worker in workers]
    after_lease(client, upload)
    assert bench.assemble(upload, client).answer() == DONE
    assert_packed(bench, client, upload, TWO_PARTS)


BEFORE, AFTER = Act.FREEZE_BEFORE, Act.FREEZE_AFTER


@pytest.mark.parametrize(
    ("data", "step", "act"),
    [
        (TWO_PARTS, "S3 CreateMultipartUpload", AFTER),
        (TWO_PARTS, "DynamoDB UpdateItem 2", BEFORE),
        (TWO_PARTS, "S3 GetObject 3", BEFORE),
        (TWO_PARTS, "S3 UploadPart", BEFORE),
        (TWO_PARTS, "S3 UploadPart", AFTER),
        (TWO_PARTS, "DynamoDB UpdateItem 3", BEFORE),
        (TWO_PARTS, "S3 CompleteMultipartUpload", BEFORE),
        (SMALL, "S3 GetObject", BEFORE),
        (SMALL, "S3 PutObject", BEFORE),
        (SMALL, "S3 PutObject", AFTER),
        (SMALL, "S3 GET bucket", BEFORE),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)
def test_a_worker_that_outlived_its_lease_changes_nothing(
    bench: Bench, client: Client, data: bytes, step: str, act: Act
) -> None:
    upload = relayed_upload(client, data)
    faults = bench.plan({step: Fault(act)})
    slow = bench.assemble(upload, client)
    faults.await_freeze()
    if step != "S3 GET bucket":
        after_lease(client, upload)

    def taken_over() -> str:
        assert bench.assemble(upload, client).answer() == DONE
        return str(client.get(upload)["status"])

    # A thread of the slow one that is not frozen may prolong the lease once more.
    eventually(taken_over, lambda status: status == "ready")
    assert_whole(client, upload, data)
    faults.thaw()
    assert slow.answer() in (DONE, AGAIN)
    assert_packed(bench, client, upload, data)


@pytest.mark.parametrize(
    ("data", "step"),
    [
        pytest.param(TWO_PARTS, "S3 CompleteMultipartUpload", id="parts"),
        pytest.param(SMALL, "S3 PutObject", id="a small file"),
    ],
)
def test_a_file_that_was_deleted_is_not_brought_back_by_a_slow_worker(
    bench: Bench, client: Client, data: bytes, step: str
) -> None:
    upload = relayed_upload(client, data)
    faults = bench.plan({step: Fault(Act.FREEZE_BEFORE)})
    slow = bench.assemble(upload, client)
    faults.await_freeze()
    after_lease(client, upload)
    assert bench.assemble(upload, client).answer() == DONE
    path = f"/v1/files/{client.get(upload)['file_id']}"
    assert client.call("files.delete", "DELETE", path).status == 204
    faults.thaw()
    assert slow.answer() in (DONE, AGAIN)
    assert bench.assemble(upload, client).answer() == DONE

    def left() -> bool:
        bench.start("uploads.sweep", {}).answer()
        return stored(client, upload) is not None

    eventually(left, lambda there: not there, seconds=2)
    assert (rows(upload), committed(client)) == ([], 0)
