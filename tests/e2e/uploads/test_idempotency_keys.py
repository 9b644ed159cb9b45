"""Idempotency-Key: which keys there are, how long they live, and what never spends one."""

import json
import socket
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import client, raw_json
from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.hurry import KEY, UPLOAD_LIFE, Ageing
from tests.e2e.support.once import (
    BAD_KEYS,
    UPLOADS,
    expect_in_progress,
    ids,
    keyed,
    listed,
    new_key,
    post_once,
)
from tests.e2e.support.people import Person
from tests.e2e.support.sending import GIB, Json, abort, fill_quota, wanted
from tests.e2e.support.shapes import seconds_from_now
from tests.e2e.support.waiting import at_once, eventually

GOOD_KEYS = {
    "one character": "k",
    "255 characters": "k" * 255,
    "a UUID": "01890000-0000-7000-8000-00000000dead",
    "quoted": '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
    "spaces within": "my third try",
    "signs": "!#$%&'()*+-./:;<=>?@[]^_`{|}~",
    "looks like SQL": "'; DROP TABLE idempotency; --",
    "looks like a path": "../../etc/passwd",
}


def body(size: int = 1) -> Json:
    """A request for one upload."""
    return {"files": [wanted(size)]}


@pytest.mark.parametrize("key", GOOD_KEYS.values(), ids=GOOD_KEYS.keys())
def test_a_key_is_any_printable_text_of_1_to_255_characters(newcomer: Person, key: str) -> None:
    asked = body()
    first, replay = (ids(post_once(newcomer, key, asked)) for _ in range(2))
    assert listed(newcomer) == first == replay


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_no_key_is_refused_and_nothing_is_created(
    newcomer: Person, key: str | bytes
) -> None:
    expect_problem(post_once(newcomer, key, body()), {400, 422})
    assert listed(newcomer) == []


def test_keys_differ_by_case_and_by_their_last_character(newcomer: Person) -> None:
    asked, long = body(), "k" * 254
    made = [ids(post_once(newcomer, key, asked)) for key in ("k", "K", long + "a", long + "b")]
    assert len({made_ids[0] for made_ids in made}) == 4


def test_a_key_sent_twice_in_one_request_creates_once_at_most(newcomer: Person) -> None:
    asked = json.dumps(body()).encode()
    twice = [
        ("idempotency-key", "a"),
        ("idempotency-key", "b"),
        ("content-type", "application/json"),
    ]
    answers = [newcomer.http.post(UPLOADS, content=asked, headers=twice) for _ in range(2)]
    assert {answer.status_code for answer in answers} <= {201, 400, 422}
    assert len(listed(newcomer)) <= 1


def test_the_same_values_written_otherwise_never_create_a_second(newcomer: Person) -> None:
    key, asked = new_key(), {"size": 1, "file_name": "a"}
    first = ids(post_once(newcomer, key, {"files": [asked]}))
    spaced = raw_json('{ "files" : [ {"file_name":"\\u0061", "size" : 1} ] }')
    spaced["headers"] |= keyed(key)["headers"]
    answer = newcomer.http.post(UPLOADS, **spaced)
    assert answer.status_code in {201, 422}, describe(answer)
    if answer.status_code == 201:
        assert ids(answer) == first
    assert listed(newcomer) == first


def sorted_out(answers: list[httpx.Response]) -> list[str]:
    """The one upload that all the 201 tell of; each other answer says to come back later."""
    made = {tuple(ids(answer)) for answer in answers if answer.status_code == 201}
    for answer in answers:
        if answer.status_code != 201:
            expect_in_progress(answer)
    assert len(made) == 1
    return list(made.pop())


def test_of_twenty_at_once_one_creates(newcomer: Person) -> None:
    for _ in range(3):
        key, asked, before = new_key(), body(), listed(newcomer)
        made = sorted_out(at_once([partial(post_once, newcomer, key, asked)] * 20))
        assert listed(newcomer) == made + before
        assert ids(post_once(newcomer, key, asked)) == made


def test_of_twenty_at_once_one_takes_of_the_quota(newcomer: Person) -> None:
    key, asked = new_key(), {"files": [wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(2)]}
    made = sorted_out(at_once([lambda: post_once(newcomer, key, asked)] * 20))
    assert listed(newcomer) == made[::-1]
    assert len(ids(newcomer.http.post(UPLOADS, json=body(5 * GIB)))) == 1
    expect_problem(newcomer.http.post(UPLOADS, json=body()), 413, "quota_exceeded")


def test_of_ten_different_bodies_at_once_one_creates(newcomer: Person) -> None:
    key, bodies = new_key(), [body(size) for size in range(1, 11)]
    answers = at_once([partial(post_once, newcomer, key, asked) for asked in bodies])
    won = [answer for answer in answers if answer.status_code == 201]
    assert len(won) == 1
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    assert listed(newcomer) == ids(won[0])


def test_a_request_that_is_wrong_in_form_spends_no_key(newcomer: Person) -> None:
    key, right = new_key(), body()
    wrong: list[dict[str, Any]] = [{"files": []}, body(-1), {"files": [{}]}, {"surprise": 1}]
    for asked in wrong:
        expect_problem(post_once(newcomer, key, asked), 422)
    expect_problem(newcomer.http.post(UPLOADS, content=b"{", **typed(key, "application/json")), 400)
    expect_problem(newcomer.http.post(UPLOADS, content=b"{}", **typed(key, "text/plain")), 415)
    unknown = {"files": [wanted(1, bucket="nobodys")]}
    expect_invalid(post_once(newcomer, key, unknown), "/files/0/bucket")
    assert ids(post_once(newcomer, key, right)) == listed(newcomer)


def typed(key: str, kind: str) -> dict[str, Any]:
    """Headers of a body of this media type."""
    return {"headers": {"idempotency-key": key, "content-type": kind}}


def test_a_request_too_large_for_the_plan_spends_no_key(newcomer: Person) -> None:
    key = new_key()
    expect_problem(post_once(newcomer, key, body(5 * GIB + 1)), 413, "file_too_large")
    assert ids(post_once(newcomer, key, body())) == listed(newcomer)


def test_a_request_over_the_quota_can_be_sent_again_when_there_is_room(newcomer: Person) -> None:
    key, asked, full = new_key(), body(100), fill_quota(newcomer)
    for _ in range(2):
        expect_problem(post_once(newcomer, key, asked), 413, "quota_exceeded")
    abort(newcomer, full[0])
    answer = eventually(
        lambda: post_once(newcomer, key, asked), lambda answer: answer.status_code == 201, 10
    )
    assert ids(post_once(newcomer, key, asked)) == ids(answer)
    assert len(listed(newcomer)) == 4


def test_a_request_without_a_token_spends_no_key(newcomer: Person, base_url: str) -> None:
    key, asked = new_key(), body()
    answer = client(base_url).post(UPLOADS, json=asked, **keyed(key))
    expect_problem(answer, 401)
    expect_problem(client(base_url).post(UPLOADS, json=asked, **keyed("")), 401)
    assert ids(post_once(newcomer, key, asked)) == listed(newcomer)


def test_of_ten_refused_at_once_none_spends_the_key(newcomer: Person) -> None:
    key, asked, full = new_key(), body(100), fill_quota(newcomer)
    for answer in at_once([partial(post_once, newcomer, key, asked)] * 10):
        if answer.status_code != 413:
            expect_in_progress(answer)
    abort(newcomer, full[0])
    eventually(lambda: post_once(newcomer, key, asked).status_code, lambda got: got == 201, 10)
    assert len(listed(newcomer)) == 4


def test_an_answer_that_nobody_waited_for_is_given_again(newcomer: Person) -> None:
    key, asked = new_key(), body()
    sent = newcomer.http.build_request("POST", UPLOADS, json=asked, **keyed(key))
    url = newcomer.http.base_url
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
    with socket.create_connection((url.host, url.port or 80), timeout=10) as line:
        line.sendall(f"POST {UPLOADS} HTTP/1.1\r\n{head}\r\n".encode() + sent.read())
    answers = [post_once(newcomer, key, asked) for _ in range(3)]
    made = eventually(
        lambda: post_once(newcomer, key, asked), lambda answer: answer.status_code == 201, 10
    )
    assert listed(newcomer) == ids(made) == sorted_out([*answers, made])


def test_a_key_is_new_after_24_hours(ageing: Ageing) -> None:
    person, other = ageing.person, body(2)
    # The upload was to die 24 h after it was created, which is when the key was used.
    lives_on = ageing.keyed["expires_at"]
    eventually(lambda: seconds_from_now(lives_on), lambda left: left < 0, UPLOAD_LIFE + 5)
    made = eventually(
        lambda: post_once(person, KEY, other), lambda answer: answer.status_code == 201, 10
    )
    assert ids(made) != [ageing.keyed["id"]]
    assert ids(post_once(person, KEY, other)) == ids(made)
    expect_problem(post_once(person, KEY, ageing.keyed_body), 422)
