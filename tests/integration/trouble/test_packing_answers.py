"""S3 answers late, wrongly, in part or not at all while a relayed upload is packed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from fragua import aws
from fragua.settings import settings
from tests.support.backend import Client
from tests.support.bench import Bench, assert_failed, committed, rows, stored
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.relay import (
    TWO_PARTS,
    assert_packed,
    declared,
    fragment_keys,
    fragments_read,
    last_try,
    parts_sent,
    relayed_upload,
    sweep_until_gone,
)

SMALL = b"fragua " * 1000
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
PUT = "S3 PutObject"
# What the worker asks of S3 for a file of several parts, and for a small one.
WRITES = ["S3 UploadPart", "S3 CompleteMultipartUpload", PUT]
STEPS = ["S3 CreateMultipartUpload", "S3 GetObject", "S3 HeadObject", *WRITES]


def begin(client: Client, step: str) -> tuple[dict[str, Any], bytes]:
    """Bring an upload to the worker that will come to that step."""
    if step == PUT:
        return relayed_upload(client, SMALL, fragment_size=4000), SMALL
    return relayed_upload(client, TWO_PARTS), TWO_PARTS


def tries(bench: Bench, client: Client, upload: dict[str, str]) -> int:
    """Deliver the message until it is no more reported, five times at most; return how often."""
    for number in range(1, 6):
        answer = bench.assemble(upload, client).answer()
        if answer == DONE:
            return number
        assert answer == AGAIN
        assert client.get(upload)["status"] == "assembling"
        assert rows(upload) == []
    return 0


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        *[pytest.param(step, Fault(Act.ERROR, 3), id=f"503 thrice, {step}") for step in STEPS],
        *[pytest.param(step, Fault(Act.CUT_AFTER), id=f"reply lost, {step}") for step in WRITES],
        *[
            pytest.param(step, Fault(Act.CUT_AFTER, 3), id=f"three replies lost, {step}")
            for step in STEPS
        ],
    ],
)
def test_a_step_that_fails_for_a_while_is_tried_again(
    bench: Bench, client: Client, step: str, fault: Fault
) -> None:
    upload, data = begin(client, step)
    faults = bench.plan({step: fault})
    number = tries(bench, client, upload)
    assert number in {1, 2, 3, 4}
    if fault.act is Act.CUT_AFTER and step in ("S3 CompleteMultipartUpload", PUT):
        # The object says that it was done: nothing is read a second time.
        assert number == 1
        assert set(fragments_read(faults).values()) == {1}
    assert_packed(bench, client, upload, data)


@pytest.mark.parametrize("step", ["S3 CompleteMultipartUpload", "S3 UploadPart", PUT])
def test_200_with_an_error_inside_is_no_success(bench: Bench, client: Client, step: str) -> None:
    upload, data = begin(client, step)
    faults = bench.plan({step: Fault(Act.ERROR_INSIDE)})
    assert tries(bench, client, upload) in {1, 2}
    if step == "S3 CompleteMultipartUpload":
        assert parts_sent(faults) == Counter({1: 1, 2: 1})
    assert_packed(bench, client, upload, data)


@pytest.mark.parametrize("algorithm", ["crc32", "crc64nvme", "sha256"])
def test_parts_that_were_sent_before_a_failure_are_not_sent_again(
    bench: Bench, client: Client, algorithm: str
) -> None:
    upload = relayed_upload(client, TWO_PARTS, checksum=declared(TWO_PARTS, algorithm))
    faults = bench.plan({"S3 UploadPart 2": Fault(Act.ERROR, 3)})
    assert tries(bench, client, upload) == 2
    sent, read = parts_sent(faults), fragments_read(faults)
    assert sorted(sent.values()) == [1, 4]
    again = {1: {1, 2}, 2: {3}}[max(sent, key=lambda part: sent[part])]
    assert read == Counter({piece: 2 if piece in again else 1 for piece in (1, 2, 3)})
    assert_packed(bench, client, upload, TWO_PARTS, algorithm)


@pytest.mark.parametrize("step", ["S3 UploadPart", PUT])
def test_an_outage_costs_no_upload_however_long_it_is(
    bench: Bench, client: Client, step: str
) -> None:
    upload, data = begin(client, step)
    other = relayed_upload(client, b"x")
    bench.plan({step: Fault(Act.ERROR, ALWAYS)})
    assert bench.assemble(upload, client).answer() == AGAIN
    assert last_try(bench, client, upload).answer() == AGAIN
    assert client.get(upload)["status"] == "assembling"
    assert committed(client) == len(data) + 1
    # Nobody else waits for it.
    bench.plan()
    assert bench.assemble(other, client).answer() == DONE
    assert client.get(other)["status"] == "ready"
    path = f"/v1/files/{client.get(other)['file_id']}"
    assert client.call("files.delete", "DELETE", path).status == 204
    assert last_try(bench, client, upload).answer() == DONE
    assert_packed(bench, client, upload, data)


@pytest.mark.parametrize("step", ["S3 UploadPart", PUT])
def test_bytes_that_were_damaged_on_their_way_to_s3_are_sent_again(
    bench: Bench, client: Client, step: str
) -> None:
    upload, data = begin(client, step)
    bench.plan({step: Fault(Act.ERROR, status=400, code="BadDigest")})
    assert tries(bench, client, upload) == 2
    assert_packed(bench, client, upload, data)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("step", ["S3 GetObject 2", PUT])
def test_a_fragment_that_is_read_in_part_is_read_again(
    bench: Bench, client: Client, step: str, times: int
) -> None:
    # With its few fragments nobody reads more than four times before it works.
    upload, data = begin(client, step)
    bench.plan({"S3 GetObject": Fault(Act.CUT_SHORT, times)})
    assert tries(bench, client, upload) in {2, 3, 4}
    assert_packed(bench, client, upload, data)


@pytest.mark.parametrize("step", ["parts", PUT])
def test_an_upload_with_a_lost_fragment_fails_with_that_reason(
    bench: Bench, client: Client, step: str
) -> None:
    upload, _ = begin(client, step)
    *_, lost = fragment_keys(client, upload)
    aws.s3("delete_object", Bucket=settings().default_bucket, Key=lost)
    bench.plan()
    assert bench.assemble(upload, client).answer() == DONE
    assert client.get(upload)["failure"]["code"] == "fragments_lost"
    assert (committed(client), fragment_keys(client, upload)) == (0, [])
    sweep_until_gone(bench, client, upload)
    assert_failed(client, upload, "fragments_lost")


@pytest.mark.parametrize(
    ("step", "damage"),
    [("parts", "other bytes"), *[(PUT, f"{kind} bytes") for kind in ("other", "fewer", "more")]],
)
def test_a_damaged_fragment_is_never_published(
    bench: Bench, client: Client, step: str, damage: str
) -> None:
    upload, data = begin(client, step)
    *_, key = fragment_keys(client, upload)
    address = {"Bucket": settings().default_bucket, "Key": key}
    whole = aws.s3("get_object", **address)["Body"].read()
    body = {"other bytes": b"?" * len(whole), "fewer bytes": whole[:-1], "more bytes": whole + b"!"}
    aws.s3("put_object", **address, Body=body[damage])
    bench.plan()
    assert bench.assemble(upload, client).answer() == AGAIN
    assert stored(client, upload) is None
    assert committed(client) == len(data)
    assert last_try(bench, client, upload).answer() == DONE
    assert client.get(upload)["failure"]["code"] == "assembly_failed"
    sweep_until_gone(bench, client, upload)
    assert committed(client) == 0
