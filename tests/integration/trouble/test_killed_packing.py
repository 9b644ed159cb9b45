"""A worker is killed before and after each step of packing; another one goes on, not anew.

"After" means that the step was done and that the worker never heard of it.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

from fragua import aws
from fragua.settings import settings
from tests.support.backend import Client
from tests.support.bench import Bench, after_lease, assert_failed
from tests.support.faults import Act, Fault
from tests.support.relay import (
    TWO_PARTS,
    assert_packed,
    fragment_keys,
    fragments_read,
    parts_sent,
    parts_there,
    relayed_upload,
    sweep_until_gone,
)

SMALL = b"%PDF-1.7 " + os.urandom(7000)
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
# Which fragments make which part of TWO_PARTS.
PIECES = {1: {1, 2}, 2: {3}}

BEGIN = ("DynamoDB GetItem", "DynamoDB UpdateItem", "SQL SELECT files", "SQL COMMIT")
# What a worker asks of others, sorted where threads do it side by side.
STEPS: dict[str, tuple[str, ...]] = {
    "parts": (
        *BEGIN,
        "DynamoDB Query",
        "S3 CreateMultipartUpload",
        "DynamoDB UpdateItem 2",
        "S3 GetObject",
        "S3 GetObject 2",
        "S3 GetObject 3",
        "S3 UploadPart",
        "S3 UploadPart 2",
        "DynamoDB UpdateItem 3",
        "S3 CompleteMultipartUpload",
        "S3 HeadObject",
        "S3 GetObject 4",
        "DynamoDB UpdateItem 4",
        "SQL INSERT INTO files",
        "SQL SELECT files 2",
        "SQL COMMIT 2",
        "DynamoDB UpdateItem 5",
        "S3 GET bucket",
        "S3 POST bucket",
    ),
    "a small file": (
        *BEGIN,
        "DynamoDB Query",
        "S3 HeadObject",
        "S3 GetObject",
        "S3 GetObject 2",
        "S3 PutObject",
        "S3 HeadObject 2",
        "S3 GetObject 3",
        "DynamoDB UpdateItem 2",
        "SQL INSERT INTO files",
        "SQL SELECT files 2",
        "SQL COMMIT 2",
        "DynamoDB UpdateItem 3",
        "S3 GET bucket",
        "S3 POST bucket",
    ),
    "a lost fragment": (
        *BEGIN,
        "DynamoDB Query",
        "S3 HeadObject",
        "S3 GetObject",
        "S3 GetObject 2",
        "DynamoDB TransactWriteItems",
        "SQL INSERT INTO files",
        "SQL COMMIT 2",
        "S3 GET bucket",
        "S3 POST bucket",
        "S3 DeleteObject",
    ),
}
# What they share is done by the same code, so only one of them is killed there.
OWN = {
    "parts": ("DynamoDB Query", "S3 HeadObject"),
    "a small file": ("S3 PutObject", ""),
    "a lost fragment": ("DynamoDB TransactWriteItems", ""),
}
MOMENTS = {"before": Act.FREEZE_BEFORE, "after": Act.FREEZE_AFTER}


def begin(client: Client, what: str) -> dict[str, Any]:
    if what == "parts":
        return relayed_upload(client, TWO_PARTS)
    upload = relayed_upload(client, SMALL, fragment_size=4000)
    if what == "a lost fragment":
        lost = fragment_keys(client, upload)[0]
        aws.s3("delete_object", Bucket=settings().default_bucket, Key=lost)
    return upload


def assert_ended(bench: Bench, client: Client, upload: dict[str, Any], what: str) -> None:
    if what == "a lost fragment":
        assert_failed(client, upload, "fragments_lost")
        sweep_until_gone(bench, client, upload)
    else:
        assert_packed(bench, client, upload, TWO_PARTS if what == "parts" else SMALL)


def own_steps(what: str) -> list[str]:
    """Cut out the steps at which only this kind of upload is killed."""
    steps = STEPS[what]
    first, last = OWN[what]
    return list(steps[steps.index(first) : steps.index(last) + 1 if last else len(steps)])


@pytest.mark.parametrize("what", STEPS)
def test_the_steps_below_are_all_there_are(bench: Bench, client: Client, what: str) -> None:
    upload = begin(client, what)
    faults = bench.plan()
    # At its own pace: in a hurry it would prolong its lease now and then.
    assert bench.assemble(upload, client, FRAGUA_TIME_SCALE="1").answer() == DONE
    seen = list(faults.seen)
    if what == "parts":
        # Which part is ready first is not told.
        seen[7:12] = sorted(seen[7:12])
        assert (parts_sent(faults), fragments_read(faults)) == (
            Counter({1: 1, 2: 1}),
            Counter({1: 1, 2: 1, 3: 1}),
        )
    assert tuple(seen) == STEPS[what]
    assert_ended(bench, client, upload, what)


@pytest.mark.parametrize(
    ("what", "moment", "step"),
    [
        pytest.param(what, moment, step, id=f"{what} killed {moment} {step}")
        for what in STEPS
        for step in own_steps(what)
        for moment in MOMENTS
    ],
)
def test_the_next_worker_goes_on_where_the_killed_one_was(
    bench: Bench, client: Client, what: str, moment: str, step: str
) -> None:
    upload = begin(client, what)
    killed = bench.plan({step: Fault(MOMENTS[moment])})
    worker = bench.assemble(upload, client)
    killed.await_freeze()
    worker.kill()
    after_lease(client, upload)
    there = parts_there(client, upload)
    again = bench.plan()
    assert bench.assemble(upload, client).answer() == DONE
    sent, read = parts_sent(again), fragments_read(again)
    assert not there & sent.keys()
    if what == "parts":
        assert read.keys() == {piece for part in sent for piece in PIECES[part]}
    for counted in (sent, read, parts_sent(killed), fragments_read(killed)):
        assert set(counted.values()) <= {1}
    assert_ended(bench, client, upload, what)
