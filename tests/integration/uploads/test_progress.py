"""Progress, fresh URLs, completion and abortion of an upload."""

from __future__ import annotations

import json
import os
import zlib
from base64 import b64encode
from typing import Any

import httpx
import pytest

from tests.support.backend import MIB, Answer, Client, assemble, received, send
from tests.support.tables import committed

DATA = os.urandom(11 * MIB)


def crc32(data: bytes) -> str:
    return b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def presign(client: Client, upload: dict[str, Any], *numbers: int, **more: Any) -> Answer:
    path = f"/v1/uploads/{upload['id']}/fragments"
    return client.call("uploads.presign", "POST", path, {"numbers": list(numbers), **more})


def abort(client: Client, upload: dict[str, Any]) -> Answer:
    return client.call("uploads.abort", "DELETE", f"/v1/uploads/{upload['id']}")


def some(client: Client, *numbers: int) -> dict[str, Any]:
    """Begin an upload of three fragments and send some of them."""
    (upload,) = client.create({"file_name": "a", "size": len(DATA), "fragment_size": 5 * MIB})
    chosen = [f for f in upload["fragments"] if f["number"] in numbers]
    send({**upload, "fragments": chosen}, DATA)
    return upload


def test_progress_tells_what_arrived_in_whatever_order(client: Client) -> None:
    upload = client.get(some(client, 3, 1))
    assert (upload["received"], upload["missing"]) == ([[1, 1], [3, 3]], [[2, 2]])
    assert upload["received_bytes"] == 6 * MIB


def test_an_upload_with_holes_cannot_be_completed(client: Client) -> None:
    upload = some(client, 2)
    refused = client.complete(upload)
    assert (refused.status, refused.body["code"]) == (409, "fragment_missing")
    assert refused.body["missing"] == [[1, 1], [3, 3]]
    assert client.get(upload)["status"] == "receiving"


def test_fresh_urls_take_the_bytes_as_the_first_ones_do(client: Client) -> None:
    upload = some(client, 1, 3)
    fresh = presign(client, upload, 2)
    send(fresh.body, DATA)
    assert client.get(upload)["missing"] == []


def test_a_crc_is_signed_into_the_url(client: Client) -> None:
    upload = some(client)
    right, wrong = DATA[: 5 * MIB], os.urandom(5 * MIB)
    (fragment,) = presign(client, upload, 1, crc32={"1": crc32(right)}).body["fragments"]
    refused = httpx.put(fragment["url"], headers=fragment["headers"], content=wrong)
    assert refused.status_code == 400
    assert client.get(upload)["received"] == []
    send({"fragments": [fragment]}, DATA)
    assert client.get(upload)["received"] == [[1, 1]]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"numbers": [1, 4]}, {"/numbers/1"}),
        ({"numbers": [0]}, {"/numbers/0"}),
        ({"numbers": [10_001]}, {"/numbers/0"}),
        ({"numbers": [1], "crc32": {"2": "AAAAAA=="}}, {"/crc32/2"}),
        ({"numbers": [1], "crc32": {"01": "AAAAAA=="}}, {"/crc32/01"}),
        ({"numbers": [1], "crc32": {"a/b~": "AAAAAA=="}}, {"/crc32/a~1b~0"}),
    ],
    ids=str,
)
def test_a_fragment_that_is_none_is_pointed_at(
    client: Client, body: dict[str, Any], pointers: set[str]
) -> None:
    upload = some(client)
    answer = client.call("uploads.presign", "POST", f"/v1/uploads/{upload['id']}/fragments", body)
    assert answer.status == 422
    assert {error["pointer"] for error in answer.body["errors"]} == pointers


def test_a_number_asked_for_twice_comes_once(client: Client) -> None:
    fragments = presign(client, some(client), 3, 1, 3).body["fragments"]
    assert [fragment["number"] for fragment in fragments] == [3, 1]


def test_an_upload_keeps_the_algorithm_that_it_was_declared_with(client: Client) -> None:
    checksum = {"algorithm": "crc64nvme", "value": "AAAAAAAAAAA="}
    (upload,) = client.create({"file_name": "a", "size": 1, "checksum": checksum})
    assert presign(client, upload, 1, crc32={"1": "AAAAAA=="}).status == 422
    other = {"checksum": {"algorithm": "crc32", "value": "AAAAAA=="}}
    assert client.complete(upload, other).status == 422
    another_value = {"checksum": {**checksum, "value": "AAAAAAAAAAE="}}
    assert client.complete(upload, another_value).status == 422


def test_a_completion_is_told_to_the_worker_and_harmless_to_repeat(client: Client) -> None:
    received()
    upload = client.begin(DATA)
    answers = [client.complete(upload) for _ in range(3)]
    assert [answer.status for answer in answers] == [202] * 3
    assert {answer.body["status"] for answer in answers} == {"assembling"}
    assert answers[0].body["received"] == [[1, 3]]
    told = [json.loads(body) for body in received()]
    assert {"owner_id": client.user_id, "upload_id": upload["id"]} in told
    assemble(client.user_id, upload["id"])
    ready = client.complete(upload)
    assert (ready.status, ready.body["status"]) == (200, "ready")
    assert ready.body["file_id"]


def test_an_empty_file_is_completed_without_fragments(client: Client) -> None:
    upload = client.upload(b"")
    assert (upload["status"], upload["received"], upload["fragment_count"]) == ("ready", [], 0)


def test_an_abortion_gives_the_quota_back_once_and_refuses_what_comes_later(
    client: Client,
) -> None:
    upload, _ = some(client, 1), some(client)
    assert [abort(client, upload).status for _ in range(2)] == [204, 204]
    assert committed(client) == len(DATA)
    refused = [presign(client, upload, 1), client.complete(upload)]
    assert [(a.status, a.body["code"]) for a in refused] == [(410, "upload_aborted")] * 2
    assert client.get(upload)["status"] == "aborted"
    late = httpx.put(upload["fragments"][0]["url"], content=DATA[: 5 * MIB])
    assert late.status_code == 404


def test_an_upload_that_is_closed_takes_no_fragments_and_cannot_be_aborted(
    client: Client,
) -> None:
    upload = client.begin(DATA)
    client.complete(upload)
    for _ in range(2):
        refused = [presign(client, upload, 1), abort(client, upload)]
        assert [(a.status, a.body["code"]) for a in refused] == [(409, "upload_ended")] * 2
        assemble(client.user_id, upload["id"])


def test_a_file_of_other_bytes_fails_and_gives_the_quota_back(client: Client) -> None:
    wrong = {"algorithm": "sha256", "value": b64encode(bytes(32)).decode()}
    upload = client.upload(DATA, checksum=wrong)
    assert (upload["status"], upload["failure"]["code"]) == ("failed", "checksum_mismatch")
    assert committed(client) == 0
    refused = client.complete(upload)
    assert (refused.status, refused.body["code"]) == (409, "upload_failed")


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
def test_a_checksum_may_be_declared_at_the_end(client: Client, algorithm: str) -> None:
    zero = {"crc32": bytes(4), "sha256": bytes(32)}[algorithm]
    declared = {"algorithm": algorithm, "value": b64encode(zero).decode()}
    upload = client.begin(DATA)
    assert client.complete(upload, {"checksum": declared}).status == 202
    assemble(client.user_id, upload["id"])
    assert client.get(upload)["failure"]["code"] == "checksum_mismatch"


@pytest.mark.parametrize(
    ("module", "method", "path"),
    [
        ("uploads.get", "GET", ""),
        ("uploads.presign", "POST", "/fragments"),
        ("uploads.complete", "POST", "/complete"),
        ("uploads.abort", "DELETE", ""),
    ],
)
def test_somebody_elses_upload_is_not_there(
    client: Client, stranger: Client, module: str, method: str, path: str
) -> None:
    upload = some(client)
    body = {"numbers": [1]} if "presign" in module else None
    for upload_id in (upload["id"], "019aa3c0-0000-7000-8000-00000000000a", "1"):
        answer = stranger.call(module, method, f"/v1/uploads/{upload_id}{path}", body)
        assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert client.get(upload)["status"] == "receiving"
