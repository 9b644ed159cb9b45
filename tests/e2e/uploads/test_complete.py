"""POST /v1/uploads/{id}/complete, and what becomes of the upload."""

import os
from typing import Any

import pytest

from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.digests import checksum, crc32, sha256
from tests.e2e.support.people import Person
from tests.e2e.support.sending import (
    MIB,
    Json,
    abort,
    complete,
    download,
    finished,
    forge,
    look,
    reserve,
    send,
    send_one,
    sent,
    settled,
)
from tests.e2e.support.shapes import FILE, UPLOAD, assert_shape
from tests.e2e.support.waiting import at_once


def files_named(person: Person, name: str) -> list[Json]:
    """The person's files whose names begin so."""
    items: list[Json] = person.http.get("/v1/files", params={"name": name}).json()["items"]
    return items


def test_fragments_sent_in_any_order_become_the_file(ana: Person) -> None:
    data = os.urandom(10 * MIB + 12_345)
    upload = sent(ana, data, fragment_size=5 * MIB, checksum=checksum("sha256", data))
    assert complete(ana, upload).status_code == 202
    file = finished(ana, settled(ana, upload))
    assert_shape(file, FILE, "image")
    assert file["checksums"]["sha256"] == sha256(data)
    assert file["checksums"].get("crc32", crc32(data)) == crc32(data)
    assert sha256(download(ana, file["id"]).content) == sha256(data)


def test_completing_answers_the_upload_in_assembly(ana: Person) -> None:
    answer = complete(ana, sent(ana, b"abc"))
    assert answer.status_code == 202
    assert_shape(answer.json(), UPLOAD)
    assert answer.json()["status"] == "assembling"
    assert answer.json()["file_id"] is None


def test_a_ready_upload_names_its_file(ana: Person) -> None:
    upload = forge(ana, b"abc", file_name="named.txt", content_type="text/plain")
    assert_shape(upload, UPLOAD)
    assert upload.items() >= {"status": "ready", "failure": None, "received_bytes": 3}.items()
    same = ("file_name", "size", "content_type", "bucket")
    file = finished(ana, upload)
    assert [file[name] for name in same] == [upload[name] for name in same]


def test_an_empty_file_is_published_like_any_other(ana: Person) -> None:
    upload = reserve(ana, 0, checksum=checksum("sha256", b""))
    complete(ana, upload)
    file = finished(ana, settled(ana, upload))
    assert file["size"] == 0
    assert download(ana, file["id"]).content == b""


def test_holes_are_named_and_nothing_changes(ana: Person) -> None:
    data = os.urandom(10 * MIB + 1)
    upload = reserve(ana, len(data), fragment_size=5 * MIB)
    send_one(upload["fragments"][1], data)
    refused = expect_problem(complete(ana, upload), 409, "fragment_missing")
    assert refused["missing"] == [[1, 1], [3, 3]]
    assert look(ana, upload)["status"] == "receiving"
    send([upload["fragments"][index] for index in (0, 2)], data)
    assert complete(ana, upload).status_code == 202
    assert settled(ana, upload)["status"] == "ready"


def test_an_upload_without_any_fragment_misses_them_all(ana: Person) -> None:
    upload = reserve(ana, 17 * MIB)
    refused = expect_problem(complete(ana, upload), 409, "fragment_missing")
    assert refused["missing"] == [[1, 3]]


def test_repeating_it_is_harmless(ana: Person) -> None:
    upload = sent(ana, b"abc", file_name="repeated.bin")
    assert complete(ana, upload).status_code == 202
    assert complete(ana, upload).status_code in {200, 202}
    ready = settled(ana, upload)
    repeated = complete(ana, upload)
    assert repeated.status_code == 200
    assert repeated.json() == ready
    assert [file["id"] for file in files_named(ana, "repeated.bin")] == [ready["file_id"]]


def test_completed_20_times_at_once_the_file_appears_once(ana: Person) -> None:
    upload = sent(ana, b"abc", file_name="twenty.bin")
    answers = at_once([lambda: complete(ana, upload)] * 20)
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert settled(ana, upload)["status"] == "ready"
    assert len(files_named(ana, "twenty.bin")) == 1


@pytest.mark.parametrize("completing", [1, 2, 4, 8])
def test_of_completing_and_aborting_at_once_one_wins(ana: Person, completing: int) -> None:
    name = f"raced by {completing}.bin"
    upload = sent(ana, b"abc", file_name=name)
    calls = [lambda: complete(ana, upload)] * completing + [lambda: abort(ana, upload)]
    *completed, aborted = [answer.status_code for answer in at_once(calls)]
    ended = settled(ana, upload)["status"]
    assert (aborted, ended) in {(409, "ready"), (204, "aborted")}
    assert set(completed) <= ({200, 202} if ended == "ready" else {410})
    assert len(files_named(ana, name)) == (ended == "ready")


def test_an_aborted_upload_cannot_be_completed(ana: Person) -> None:
    upload = sent(ana, b"abc")
    abort(ana, upload)
    expect_problem(complete(ana, upload), 410)
    assert look(ana, upload)["status"] == "aborted"


def test_a_stranger_completes_nothing(ana: Person, bob: Person) -> None:
    upload = sent(ana, b"abc")
    expect_problem(complete(bob, upload), 404)
    assert look(ana, upload)["status"] == "receiving"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"surprise": 1}, "/surprise"),
        ({"checksum": 7}, "/checksum"),
        ({"checksum": {"algorithm": "md5", "value": "AAAA"}}, "/checksum/algorithm"),
        ({"checksum": {"algorithm": "crc32", "value": "AAAA"}}, "/checksum"),
        ({"checksum": {"algorithm": "crc32", "value": "!!!!!!=="}}, "/checksum"),
        ({"checksum": {"algorithm": "crc32"}}, "/checksum/value"),
        ({"checksum": {"algorithm": "crc32", "value": "AAAAAA==", "x": 1}}, "/checksum/x"),
    ],
)
def test_a_bad_body_is_refused_before_anything_else(
    ana: Person, body: dict[str, Any], pointer: str
) -> None:
    upload = reserve(ana, 1)
    expect_invalid(ana.http.post(f"/v1/uploads/{upload['id']}/complete", json=body), pointer)
    assert look(ana, upload)["status"] == "receiving"


@pytest.mark.parametrize("body", [{"json": {}}, {"json": {"checksum": None}}], ids=["{}", "null"])
def test_a_body_may_come_without_a_checksum(ana: Person, body: dict[str, Any]) -> None:
    upload = sent(ana, b"abc")
    answer = ana.http.post(f"/v1/uploads/{upload['id']}/complete", **body)
    assert answer.status_code in ({202} if body["json"] == {} else {202, 422})
