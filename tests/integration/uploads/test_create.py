"""A batch of uploads begins whole or not at all, within plan and quota."""

from __future__ import annotations

import os
from typing import Any

import pytest

from fragua import aws
from fragua.settings import settings
from tests.support.backend import MIB, Answer, Client, send
from tests.support.outages import during
from tests.support.plans import limits
from tests.support.tables import committed

GIB = 1024 * MIB
QUOTA, LARGEST = 15 * GIB, 5 * GIB


def create(client: Client, *files: dict[str, Any]) -> Answer:
    return client.call("uploads.create", "POST", "/v1/uploads", {"files": list(files)})


def new(size: int, **more: Any) -> dict[str, Any]:
    return {"file_name": "a.bin", "size": size, **more}


def begun(client: Client) -> int:
    """Count the multipart uploads that S3 has of an account."""
    answer = aws.client("s3").list_multipart_uploads(
        Bucket=settings().default_bucket, Prefix=f"files/{client.user_id}/"
    )
    return len(answer.get("Uploads", []))


def test_an_upload_shows_how_it_is_cut_and_what_is_missing(client: Client) -> None:
    (upload,) = client.create(new(20 * MIB))
    assert upload["status"] == "receiving"
    assert (upload["fragment_size"], upload["fragment_count"]) == (8 * MIB, 3)
    assert (upload["received"], upload["missing"]) == ([], [[1, 3]])
    assert (upload["received_bytes"], upload["file_id"], upload["failure"]) == (0, None, None)
    sent = [(f["number"], f["offset"], f["size"]) for f in upload["fragments"]]
    assert sent == [(1, 0, 8 * MIB), (2, 8 * MIB, 8 * MIB), (3, 16 * MIB, 4 * MIB)]


def test_a_batch_keeps_its_order_and_shares_a_thousand_urls(client: Client) -> None:
    files = [new(3 * GIB, file_name=f"{n}", fragment_size=5 * MIB) for n in range(3)]
    uploads = create(client, *files).body["uploads"]
    assert [upload["file_name"] for upload in uploads] == ["0", "1", "2"]
    assert [len(upload["fragments"]) for upload in uploads] == [333, 333, 334]


def test_one_file_that_is_wrong_keeps_all_out(client: Client) -> None:
    answer = create(client, new(1), new(1, bucket="nobodys"), new(1, fragment_size=1))
    assert answer.status == 422
    pointers = {error["pointer"] for error in answer.body["errors"]}
    assert pointers == {"/files/1/bucket", "/files/2/fragment_size"}
    assert (committed(client), begun(client)) == (0, 0)


@pytest.mark.parametrize(
    ("file", "pointer"),
    [
        (new(1, fragment_size=5 * MIB - 1), "/files/0/fragment_size"),
        (new(1, fragment_size=5 * GIB + 1), "/files/0/fragment_size"),
        (new(50_000 * MIB + 1, fragment_size=5 * MIB), "/files/0/fragment_size"),
        (new(1, bucket="default "), "/files/0/bucket"),
        (new(1, mode="carrier pigeon"), "/files/0/mode"),
        (new(-1), "/files/0/size"),
        (new(1, file_name="../x"), "/files/0/file_name"),
    ],
    ids=["small", "large", "many", "bucket", "mode", "size", "name"],
)
def test_a_field_that_cannot_be_is_pointed_at(
    client: Client, file: dict[str, Any], pointer: str
) -> None:
    answer = create(client, file)
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


def test_a_file_may_be_as_large_as_the_plan_says_and_no_larger(client: Client) -> None:
    assert create(client, new(LARGEST)).status == 201
    refused = create(client, new(LARGEST + 1))
    assert (refused.status, refused.body["code"]) == (413, "file_too_large")
    assert committed(client) == LARGEST


def test_the_quota_can_be_used_to_the_last_byte(client: Client) -> None:
    assert create(client, *[new(LARGEST)] * 3).status == 201
    assert committed(client) == QUOTA
    refused = create(client, new(1))
    assert (refused.status, refused.body["code"]) == (413, "quota_exceeded")
    assert create(client, new(0)).status == 201


def test_a_batch_that_exceeds_the_quota_together_takes_nothing(client: Client) -> None:
    assert create(client, new(1), *[new(LARGEST)] * 3).status == 413
    assert (committed(client), begun(client)) == (0, 0)


def test_whoever_is_overtaken_by_his_own_other_batch_leaves_nothing(client: Client) -> None:
    with during("dynamodb", "TransactWriteItems", lambda: create(client, *[new(LARGEST)] * 3)):
        refused = create(client, new(1), new(1))
    assert (refused.status, refused.body["code"]) == (413, "quota_exceeded")
    assert (committed(client), begun(client)) == (QUOTA, 3)


@pytest.mark.parametrize("mode", ["direct", "relay"])
def test_a_repeated_request_is_shown_what_has_arrived_since(client: Client, mode: str) -> None:
    body = {"files": [new(MIB, mode=mode)]}
    again = {"headers": {"idempotency-key": f"{mode}-0123456789abcdef"}}
    first = client.call("uploads.create", "POST", "/v1/uploads", body, **again)
    (upload,) = first.body["uploads"]
    if mode == "relay":
        client.relay(upload, bytes(MIB))
    else:
        send(upload, bytes(MIB))
    second = client.call("uploads.create", "POST", "/v1/uploads", body, **again)
    (shown,) = second.body["uploads"]
    assert (second.status, shown["id"], shown["received_bytes"]) == (201, upload["id"], MIB)
    assert committed(client) == MIB


def test_files_of_one_batch_have_ids_and_objects_of_their_own(client: Client) -> None:
    uploads = create(client, *[new(1)] * 50).body["uploads"]
    assert len({upload["id"] for upload in uploads}) == 50
    assert begun(client) == 50


def test_the_urls_of_10_000_fragments_come_a_thousand_at_a_time(client: Client) -> None:
    with limits(max_file_size=100 * GIB, storage_quota=100 * GIB):
        (upload,) = client.create(new(50_000 * MIB, fragment_size=5 * MIB))
    assert (upload["fragment_count"], len(upload["fragments"])) == (10_000, 1000)
    numbers = list(range(9_001, 10_001))
    path = f"/v1/uploads/{upload['id']}/fragments"
    last = client.call("uploads.presign", "POST", path, {"numbers": numbers}).body["fragments"]
    assert [fragment["number"] for fragment in last] == numbers
    assert last[-1]["offset"] + last[-1]["size"] == upload["size"]
    assert client.get(upload)["missing"] == [[1, 10_000]]


def test_bytes_of_a_browser_may_be_called_anything(client: Client) -> None:
    name = "👩‍👩‍👧 \u202e%00.txt"
    upload = client.upload(os.urandom(10), file_name=name, content_type="text/html; a=b")
    assert (upload["file_name"], upload["content_type"]) == (name, "text/html; a=b")
