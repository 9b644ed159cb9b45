"""Idempotency-Key on POST /v1/videos: a repeated request makes no second video."""

from functools import partial

import pytest

from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.once import BAD_KEYS, expect_in_progress, new_key, post_once
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json
from tests.e2e.support.videos import VIDEOS, ids, listed, look, processed, remove, video_body
from tests.e2e.support.waiting import at_once


def titled(person: Person, title: str) -> list[str]:
    """The ids of somebody's videos of that title."""
    return [video["id"] for video in listed(person) if video["title"] == title]


def test_the_same_request_makes_one_video(beginner: Person, broken: Json) -> None:
    key, body = new_key(), video_body(broken, title=new_key())
    answers = [post_once(beginner, key, body, VIDEOS) for _ in range(2)]
    processed(beginner, answers[0].json())
    answers.append(post_once(beginner, key, body, VIDEOS))
    assert [answer.status_code for answer in answers] == [202] * 3, describe(answers[-1])
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert titled(beginner, body["title"]) == [answers[0].json()["id"]]


def test_of_ten_at_once_one_makes_it(beginner: Person, broken: Json) -> None:
    key, body = new_key(), video_body(broken, title=new_key())
    answers = at_once([partial(post_once, beginner, key, body, VIDEOS)] * 10)
    answers.append(post_once(beginner, key, body, VIDEOS))
    assert answers[-1].status_code == 202, describe(answers[-1])
    for answer in answers:
        if answer.status_code != 202:
            expect_in_progress(answer)
    made = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    assert titled(beginner, body["title"]) == [*made]


def test_another_body_is_refused(beginner: Person, broken: Json) -> None:
    key, body = new_key(), video_body(broken, title=new_key())
    assert post_once(beginner, key, body, VIDEOS).status_code == 202
    before = ids(listed(beginner))
    for other in (body | {"title": new_key()}, body | {"file_id": ABSENT}):
        expect_problem(post_once(beginner, key, other, VIDEOS), 422)
    assert ids(listed(beginner)) == before


def test_a_key_is_nobody_elses(beginner: Person, broken: Json, bob: Person) -> None:
    key, body = new_key(), video_body(broken)
    assert post_once(beginner, key, body, VIDEOS).status_code == 202
    expect_invalid(post_once(bob, key, body, VIDEOS), "/file_id")


def test_under_another_key_or_none_there_is_another_video(beginner: Person, broken: Json) -> None:
    body = video_body(broken, title=new_key())
    for _ in range(2):
        assert post_once(beginner, new_key(), body, VIDEOS).status_code == 202
    assert beginner.http.post(VIDEOS, json=body).status_code == 202
    assert len(titled(beginner, body["title"])) == 3


def test_a_refused_request_spends_no_key(beginner: Person, broken: Json) -> None:
    key, body = new_key(), video_body(broken)
    expect_invalid(post_once(beginner, key, body | {"title": ""}, VIDEOS), "/title")
    expect_invalid(post_once(beginner, key, body | {"file_id": ABSENT}, VIDEOS), "/file_id")
    answer = post_once(beginner, key, body, VIDEOS)
    assert answer.status_code == 202, describe(answer)
    assert look(beginner, answer.json())["title"] == body["title"]


def test_a_replay_after_a_deletion_makes_no_second(beginner: Person, broken: Json) -> None:
    key, body = new_key(), video_body(broken, title=new_key())
    video = processed(beginner, post_once(beginner, key, body, VIDEOS).json())
    assert remove(beginner, video).status_code == 204
    post_once(beginner, key, body, VIDEOS)
    assert titled(beginner, body["title"]) == []


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_no_key_is_refused(beginner: Person, broken: Json, key: str | bytes) -> None:
    body = video_body(broken, title=new_key())
    expect_problem(post_once(beginner, key, body, VIDEOS), {400, 422})
    assert titled(beginner, body["title"]) == []
