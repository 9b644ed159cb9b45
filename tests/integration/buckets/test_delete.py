"""DELETE /v1/buckets/{name}: what keeps a bucket, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from fragua import aws, dynamodb
from fragua.settings import settings
from tests.support.backend import MIB, Client, assemble
from tests.support.buckets import (
    abort,
    ask_for,
    drop,
    empty_outbox,
    in_s3,
    known,
    left_undone,
    make,
    name_in_s3,
    names,
    new_name,
    sweep,
    upload_into,
)
from tests.support.outages import down
from tests.support.tables import age, committed

MODES = pytest.mark.parametrize("mode", ["direct", "relay"])


@pytest.fixture
def others(backend: dict[str, str]) -> set[str]:
    """The buckets in S3 before the test makes one."""
    empty_outbox()
    return in_s3()


@pytest.fixture
def bucket(others: set[str], client: Client) -> str:
    """A bucket of the client's."""
    return make(client)


def assert_kept(client: Client, bucket: str) -> None:
    answer = drop(client, bucket)
    assert (answer.status, answer.body["code"]) == (409, "bucket_not_empty")
    assert bucket in names(client)
    assert name_in_s3(bucket) in in_s3()


@MODES
def test_an_upload_keeps_its_bucket_until_its_file_is_deleted(
    client: Client, bucket: str, others: set[str], mode: str
) -> None:
    upload = client.begin(b"abc", bucket=bucket, mode=mode)
    assert_kept(client, bucket)
    assert client.complete(upload).body["status"] == "assembling"
    assert_kept(client, bucket)
    assemble(client.user_id, upload["id"])
    file_id = client.get(upload)["file_id"]
    assert_kept(client, bucket)
    assert client.call("files.delete", "DELETE", f"/v1/files/{file_id}").status == 204
    assert drop(client, bucket).status == 204
    assert (in_s3(), known(bucket), committed(client)) == (others, None, 0)


def test_an_upload_that_failed_keeps_no_bucket(
    client: Client, bucket: str, others: set[str]
) -> None:
    wrong = {"algorithm": "crc32", "value": "AAAAAA=="}
    assert client.upload(b"abc", bucket=bucket, mode="relay", checksum=wrong)["status"] == "failed"
    assert drop(client, bucket).status == 204
    assert in_s3() == others


def test_an_upload_that_expired_keeps_no_bucket_once_it_is_swept(
    client: Client, bucket: str, others: set[str]
) -> None:
    upload = client.begin(b"abc", bucket=bucket)
    age(client, upload, created_at=0, seen_at=0, due_at=0)
    assert client.get(upload)["status"] == "expired"
    client.call("uploads.abort", "DELETE", f"/v1/uploads/{upload['id']}")
    assert drop(client, bucket).status == 204
    assert (in_s3(), committed(client)) == (others, 0)


def test_another_bucket_of_ones_own_is_not_looked_at(
    client: Client, bucket: str, others: set[str]
) -> None:
    used = make(client)
    client.begin(b"abc", bucket=used)
    client.begin(b"abc")
    assert drop(client, bucket).status == 204
    assert in_s3() == others | {name_in_s3(used)}
    assert upload_into(client, used).status == 201


@pytest.mark.parametrize("by", ["deletion", "sweeper"])
def test_what_ended_files_and_uploads_left_goes_with_the_bucket(
    client: Client, bucket: str, others: set[str], by: str
) -> None:
    own = {"Bucket": name_in_s3(bucket)}
    for key in ("files/a/b", "fragments/a/1-b", "thumbnails/a/b/200.webp"):
        aws.s3("put_object", **own, Key=key, Body=b"abc")
    for number in range(3):
        key = f"files/{number}"
        begun = aws.s3("create_multipart_upload", **own, Key=key)["UploadId"]
        part = {"UploadId": begun, "PartNumber": 1, "Body": bytes(MIB)}
        aws.s3("upload_part", **own, Key=key, **part)
    with noted("AbortMultipartUpload") as aborted:
        # Whoever finds S3 down leaves all of it to the sweeper.
        with down("s3", "ListMultipartUploads") if by == "sweeper" else nullcontext():
            assert drop(client, bucket).status == 204
        assert len(aborted) == (0 if by == "sweeper" else 3)
        sweep()
    # The emulator would let a bucket go with its uploads.
    assert len(aborted) == 3
    assert in_s3() == others


@contextmanager
def noted(operation: str) -> Iterator[list[str]]:
    """Note each request of a kind that S3 gets in the block."""
    seen, events = list[str](), aws.client("s3").meta.events

    def note(**_: Any) -> None:
        seen.append(operation)

    events.register(f"before-call.s3.{operation}", note)
    yield seen
    events.unregister(f"before-call.s3.{operation}", note)


def test_a_thousand_objects_and_more_go_with_the_bucket(
    client: Client, bucket: str, others: set[str]
) -> None:
    own = name_in_s3(bucket)
    for number in range(1001):
        aws.s3("put_object", Bucket=own, Key=f"fragments/{number}", Body=b"")
    assert drop(client, bucket).status == 204
    assert in_s3() == others


def test_a_bucket_that_is_gone_from_s3_can_be_deleted(
    client: Client, bucket: str, others: set[str]
) -> None:
    aws.s3("delete_bucket", Bucket=name_in_s3(bucket))
    assert drop(client, bucket).status == 204
    assert (in_s3(), known(bucket)) == (others, None)


def test_a_deleted_buckets_uploads_can_still_be_looked_at_and_aborted_again(
    client: Client, bucket: str
) -> None:
    for mode in ("direct", "relay"):
        upload = client.begin(b"abc", bucket=bucket, mode=mode)
        abort(client, upload)
    assert drop(client, bucket).status == 204
    for listed in client.call("uploads.list", "GET", "/v1/uploads").body["items"]:
        abort(client, listed)
        assert client.get(listed)["status"] == "aborted"
        assert listed["bucket"] == bucket
        assert client.put(listed, 1, b"abc").status in (409, 410)
    assert committed(client) == 0


def test_a_new_bucket_of_the_same_name_has_nothing_of_the_old_one(
    client: Client, stranger: Client, bucket: str
) -> None:
    upload = client.upload(b"abc", bucket=bucket)
    old = name_in_s3(bucket)
    client.call("files.delete", "DELETE", f"/v1/files/{upload['file_id']}")
    assert drop(client, bucket).status == 204
    assert ask_for(stranger, bucket).status == 201
    assert name_in_s3(bucket) != old
    assert upload_into(client, bucket).status == 422
    assert drop(client, bucket).status == 404
    assert drop(stranger, bucket).status == 204


def test_a_creation_that_is_sent_again_after_the_deletion_makes_no_second_bucket(
    client: Client, others: set[str]
) -> None:
    bucket = new_name()
    assert ask_for(client, bucket, "key").status == 201
    assert drop(client, bucket).status == 204
    ask_for(client, bucket, "key")
    assert (names(client), in_s3()) == (set(), others)


@MODES
def test_an_upload_that_failed_does_not_mind_its_message_when_its_bucket_is_gone(
    client: Client, bucket: str, mode: str
) -> None:
    wrong = {"algorithm": "crc32", "value": "AAAAAA=="}
    upload = client.begin(b"abc", bucket=bucket, mode=mode)
    assert client.complete(upload, {"checksum": wrong}).status == 202
    table, key = settings().uploads_table, {"owner_id": client.user_id, "upload_id": upload["id"]}
    # As a worker leaves it that dies before it cleans up.
    dynamodb.update(table, key, "SET #status = :failed", failed="failed")
    assert drop(client, bucket).status == 204
    assert assemble(client.user_id, upload["id"]) == {"batchItemFailures": []}


def test_the_message_of_a_deleted_file_does_not_mind_that_its_bucket_is_gone(
    client: Client, bucket: str
) -> None:
    upload = client.upload(b"abc", bucket=bucket)
    client.call("files.delete", "DELETE", f"/v1/files/{upload['file_id']}")
    assert drop(client, bucket).status == 204
    assert assemble(client.user_id, upload["id"]) == {"batchItemFailures": []}
    sweep()
    assert left_undone() == []
