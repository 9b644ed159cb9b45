"""A worker is killed before and after each of its steps; another one finishes its job.

"After" means that the step was done and that the worker never heard of it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.backend import Client
from tests.support.bench import (
    Bench,
    after_lease,
    assert_failed,
    assert_whole,
    closed_upload,
    sha256,
)
from tests.support.faults import Act, Fault

DATA = b"%PDF-1.7 " + b"fragua " * 1000

# What a worker asks of others, in order. The first test fails when there is a step more.
STEPS: dict[str, tuple[str, ...]] = {
    "file": (
        "DynamoDB GetItem",
        "DynamoDB UpdateItem",
        "SQL SELECT files",
        "SQL COMMIT",
        "S3 ListParts",
        "S3 CompleteMultipartUpload",
        "S3 HeadObject",
        "S3 GetObject",
        "DynamoDB UpdateItem 2",
        "SQL INSERT INTO files",
        "SQL SELECT files 2",
        "SQL COMMIT 2",
        "DynamoDB UpdateItem 3",
    ),
    "empty file": (
        "DynamoDB GetItem",
        "DynamoDB UpdateItem",
        "SQL SELECT files",
        "SQL COMMIT",
        "S3 PutObject",
        "S3 HeadObject",
        "DynamoDB UpdateItem 2",
        "SQL INSERT INTO files",
        "SQL SELECT files 2",
        "SQL COMMIT 2",
        "DynamoDB UpdateItem 3",
    ),
    "file with another SHA-256": (
        "DynamoDB GetItem",
        "DynamoDB UpdateItem",
        "SQL SELECT files",
        "SQL COMMIT",
        "S3 ListParts",
        "S3 CompleteMultipartUpload",
        "S3 HeadObject",
        "S3 GetObject",
        "DynamoDB TransactWriteItems",
        "SQL INSERT INTO files",
        "SQL COMMIT 2",
        "S3 AbortMultipartUpload",
        "S3 DeleteObject",
    ),
}
# The others share their beginning with the first: from here on they are killed, too.
OWN = {"empty file": "S3 PutObject", "file with another SHA-256": "DynamoDB TransactWriteItems"}
MOMENTS = {"before": Act.FREEZE_BEFORE, "after": Act.FREEZE_AFTER}


def begin(client: Client, what: str) -> dict[str, Any]:
    if what == "empty file":
        return closed_upload(client, b"")
    declared = {"checksum": sha256(b"other")} if what == "file with another SHA-256" else {}
    return closed_upload(client, DATA, **declared)


def assert_ended(client: Client, upload: dict[str, Any], what: str) -> None:
    if what == "file with another SHA-256":
        assert_failed(client, upload, "checksum_mismatch")
    else:
        assert_whole(client, upload, b"" if what == "empty file" else DATA)


@pytest.mark.parametrize("what", STEPS)
def test_the_steps_below_are_all_there_are(bench: Bench, client: Client, what: str) -> None:
    faults = bench.plan()
    upload = begin(client, what)
    # At its own pace: in a hurry it would prolong its lease now and then.
    worker = bench.assemble(upload, client, FRAGUA_TIME_SCALE="1")
    assert worker.answer() == {"batchItemFailures": []}
    assert tuple(faults.seen) == STEPS[what]
    assert_ended(client, upload, what)


@pytest.mark.parametrize(
    ("what", "moment", "step"),
    [
        pytest.param(what, moment, step, id=f"{what} killed {moment} {step}")
        for what, steps in STEPS.items()
        for position, step in enumerate(steps)
        if position >= steps.index(OWN.get(what, steps[0]))
        for moment in MOMENTS
    ],
)
def test_a_killed_worker_leaves_nothing_that_the_next_one_does_not_finish(
    bench: Bench, client: Client, what: str, moment: str, step: str
) -> None:
    faults = bench.plan({step: Fault(MOMENTS[moment])})
    upload = begin(client, what)
    worker = bench.assemble(upload, client)
    faults.await_freeze()
    worker.kill()
    after_lease(client, upload)
    bench.plan()
    assert bench.assemble(upload, client).answer() == {"batchItemFailures": []}
    assert_ended(client, upload, what)
