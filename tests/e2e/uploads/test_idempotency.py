"""Idempotency-Key on POST /v1/uploads: the same request twice reserves once."""

import os

import pytest

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.once import ids, listed, new_key, post_once
from tests.e2e.support.people import Person, again
from tests.e2e.support.relaying import begin, expect_file, hand_over, relay
from tests.e2e.support.sending import (
    GIB,
    Json,
    abort,
    complete,
    create,
    look,
    put,
    reserve,
    send,
    sent,
    settled,
    wanted,
)
from tests.e2e.support.shapes import UPLOAD, assert_shape


def body(*sizes: int, **fields: object) -> Json:
    """A request for uploads of these sizes."""
    return {"files": [wanted(size, **fields) for size in sizes]}


def test_the_same_request_gives_the_same_upload(newcomer: Person) -> None:
    key, asked = new_key(), body(3)
    first, *others = (post_once(newcomer, key, asked) for _ in range(4))
    for answer in others:
        assert ids(answer) == ids(first)
        assert_shape(answer.json()["uploads"][0], UPLOAD, "fragments")
    assert listed(newcomer) == ids(first)


def test_a_replay_says_what_the_first_answer_said(ana: Person) -> None:
    key, asked = new_key(), body(7, 0, file_name="same.bin", content_type="text/plain")
    first, replay = (post_once(ana, key, asked).json()["uploads"] for _ in range(2))
    changing = {"fragments", "expires_at"}
    for before, after in zip(first, replay, strict=True):
        assert after.keys() == before.keys()
        assert {k: after[k] for k in after.keys() - changing} == {
            k: before[k] for k in before.keys() - changing
        }


def test_a_batch_comes_back_in_its_order(newcomer: Person) -> None:
    key, asked = new_key(), body(*range(20))
    first, replay = (post_once(newcomer, key, asked) for _ in range(2))
    assert ids(replay) == ids(first)
    assert [upload["size"] for upload in replay.json()["uploads"]] == list(range(20))
    assert len(listed(newcomer)) == 20


def test_a_replays_presigned_urls_take_the_bytes(ana: Person) -> None:
    key, asked = new_key(), body(3)
    post_once(ana, key, asked)
    upload = post_once(ana, key, asked).json()["uploads"][0]
    assert put(upload["fragments"][0], b"abc").status_code == 200
    assert complete(ana, upload).status_code == 202
    expect_file(ana, settled(ana, upload), b"abc")


def test_a_relayed_upload_is_replayed_too(newcomer: Person) -> None:
    key, asked = new_key(), body(3, mode="relay", fragment_size=1)
    first, replay = (post_once(newcomer, key, asked) for _ in range(2))
    assert listed(newcomer) == ids(first) == ids(replay)
    upload = replay.json()["uploads"][0]
    hand_over(newcomer, upload, b"abc")
    assert look(newcomer, upload)["missing"] == []


def test_the_quota_is_reserved_once(newcomer: Person) -> None:
    key, asked = new_key(), body(5 * GIB, 5 * GIB, fragment_size=5 * GIB)
    for _ in range(4):
        assert len(ids(post_once(newcomer, key, asked))) == 2
    reserve(newcomer, 5 * GIB, fragment_size=5 * GIB)
    refused = newcomer.http.post("/v1/uploads", json=body(1))
    expect_problem(refused, 413, "quota_exceeded")
    assert len(ids(post_once(newcomer, key, asked))) == 2


def test_another_body_under_the_same_key_is_refused(newcomer: Person) -> None:
    key, asked = new_key(), body(3)
    first = post_once(newcomer, key, asked)
    for other in (body(3), body(4), {"files": asked["files"] * 2}, body(3, mode="relay")):
        expect_problem(post_once(newcomer, key, other), 422)
    more = {"files": [asked["files"][0] | {"content_type": "text/plain"}]}
    expect_problem(post_once(newcomer, key, more), 422)
    assert listed(newcomer) == ids(first) == ids(post_once(newcomer, key, asked))


def test_the_refusal_of_another_body_tells_nothing_of_the_first(ana: Person) -> None:
    key = new_key()
    first = post_once(ana, key, body(3, file_name="a secret plan.txt"))
    refused = post_once(ana, key, body(3))
    expect_problem(refused, 422)
    assert "a secret plan" not in refused.text
    assert ids(first)[0] not in refused.text


def test_the_same_body_without_a_key_or_under_another_is_another_upload(newcomer: Person) -> None:
    asked = body(3)
    made = [ids(post_once(newcomer, new_key(), asked))[0] for _ in range(2)]
    made += [ids(newcomer.http.post("/v1/uploads", json=asked))[0] for _ in range(2)]
    assert len(set(made)) == 4
    assert sorted(listed(newcomer)) == sorted(made)


def test_a_key_belongs_to_an_account(newcomer: Person, ana: Person) -> None:
    key, asked = new_key(), body(3)
    mine, theirs = ids(post_once(newcomer, key, asked)), ids(post_once(ana, key, asked))
    assert mine != theirs
    assert ids(post_once(newcomer, key, asked)) == mine
    assert ids(post_once(ana, key, asked)) == theirs
    assert listed(newcomer) == mine


def test_a_strangers_body_under_the_same_key_is_no_conflict(newcomer: Person, ana: Person) -> None:
    key = new_key()
    ids(post_once(ana, key, body(3)))
    assert len(ids(post_once(newcomer, key, body(4)))) == 1


def test_a_key_is_known_in_every_session_of_its_account(newcomer: Person, base_url: str) -> None:
    key, asked = new_key(), body(3)
    first = ids(post_once(newcomer, key, asked))
    assert ids(post_once(again(base_url, newcomer), key, asked)) == first


def test_a_replay_tells_of_what_has_arrived_since(ana: Person) -> None:
    key, asked = new_key(), body(4, mode="relay", fragment_size=2)
    first = post_once(ana, key, asked)
    upload = first.json()["uploads"][0]
    hand_over(ana, upload, b"abcd", [2])
    replay = post_once(ana, key, asked)
    assert ids(replay) == ids(first)
    assert replay.json()["uploads"][0]["id"] == upload["id"]
    assert look(ana, upload)["received"] == [[2, 2]]


@pytest.mark.parametrize("mode", ["direct", "relay"])
@pytest.mark.parametrize("end", ["ready", "aborted", "failed", "deleted"])
def test_a_replay_after_the_end_gives_the_same_upload(ana: Person, mode: str, end: str) -> None:
    wrong = {"checksum": {"algorithm": "crc32", "value": "AAAAAA=="}} if end == "failed" else {}
    key, asked = new_key(), body(3, mode=mode, **wrong)
    first = post_once(ana, key, asked)
    upload = first.json()["uploads"][0]
    if end == "aborted":
        assert abort(ana, upload).status_code == 204
    else:
        bring(ana, upload, b"abc")
        complete(ana, upload)
        upload = settled(ana, upload)
    if end == "deleted":
        assert ana.http.delete(f"/v1/files/{upload['file_id']}").status_code == 204
    assert ids(post_once(ana, key, asked)) == ids(first)


def bring(person: Person, upload: Json, data: bytes) -> None:
    """Send all of an upload, whichever way its mode is."""
    if upload["mode"] == "relay":
        hand_over(person, upload, data)
    else:
        send(upload["fragments"], data)


def test_a_replay_frees_and_takes_nothing_of_an_aborted_uploads_quota(newcomer: Person) -> None:
    key, asked = new_key(), body(5 * GIB, fragment_size=5 * GIB)
    upload = post_once(newcomer, key, asked).json()["uploads"][0]
    abort(newcomer, upload)
    ids(post_once(newcomer, key, asked))
    create(newcomer, *(wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(3)))
    expect_problem(newcomer.http.post("/v1/uploads", json=body(1)), 413, "quota_exceeded")


def test_a_key_on_a_post_that_creates_nothing_is_no_matter(ana: Person) -> None:
    key = new_key()
    upload, other = (sent(ana, os.urandom(3)) for _ in range(2))
    for more in ({}, {"crc32": {"1": "AAAAAA=="}}):
        path = f"/v1/uploads/{upload['id']}/fragments"
        assert post_once(ana, key, {"numbers": [1]} | more, path).status_code == 200
    for one in (upload, other):
        path = f"/v1/uploads/{one['id']}/complete"
        assert post_once(ana, key, {}, path).status_code == 202
        assert settled(ana, one)["status"] == "ready"
    assert len(ids(post_once(ana, key, body(1)))) == 1


def test_a_key_on_a_fragment_is_no_matter(ana: Person) -> None:
    upload = begin(ana, 2, fragment_size=1)
    for number, data in ((1, b"a"), (2, b"b")):
        headers = {"content-type": "application/octet-stream", "idempotency-key": "k"}
        path = f"/v1/uploads/{upload['id']}/fragments/{number}"
        assert ana.http.put(path, content=data, headers=headers).status_code == 204
    assert relay(ana, b"ab")["status"] == "ready"
    assert look(ana, upload)["missing"] == []
