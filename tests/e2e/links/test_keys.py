"""Idempotency-Key on POST /v1/files/{id}/links: a repeated request makes no second link."""

from functools import partial

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.linking import HOUR, fetch, follow, link_to, links_of, listed
from tests.e2e.support.once import BAD_KEYS, expect_in_progress, new_key, post_once
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json, publish
from tests.e2e.support.shapes import NEW_LINK, assert_shape
from tests.e2e.support.waiting import at_once


def test_the_same_request_under_a_key_gives_the_same_link(
    sharer: Person, own: Json, anonymous: httpx.Client
) -> None:
    key, body = new_key(), {"expires_in": HOUR, "max_downloads": 5}
    first, replay = (post_once(sharer, key, body, links_of(own)) for _ in range(2))
    assert (first.status_code, replay.status_code) == (201, 201), describe(replay)
    assert_shape(replay.json(), NEW_LINK)
    assert replay.json() == first.json()
    assert fetch(anonymous, replay.json()).content == b"bytes of its own"
    later = post_once(sharer, key, body, links_of(own))
    stays = ("id", "token", "url", "expires_at", "max_downloads")
    assert [later.json()[name] for name in stays] == [first.json()[name] for name in stays]
    assert [link["id"] for link in listed(sharer, own)] == [first.json()["id"]]


def test_of_twenty_at_once_under_a_key_one_makes_a_link(sharer: Person, own: Json) -> None:
    key, body = new_key(), {"expires_in": HOUR}
    answers = at_once([partial(post_once, sharer, key, body, links_of(own))] * 20)
    answers.append(post_once(sharer, key, body, links_of(own)))
    for answer in answers:
        if answer.status_code != 201:
            expect_in_progress(answer)
    tokens = {answer.json()["token"] for answer in answers if answer.status_code == 201}
    assert answers[-1].status_code == 201
    assert len(tokens) == len(listed(sharer, own)) == 1


def test_a_key_gives_no_other_link_and_is_nobody_elses(
    sharer: Person, own: Json, file: Json, newcomer: Person
) -> None:
    key, body = new_key(), {"expires_in": HOUR}
    first = post_once(sharer, key, body, links_of(own))
    assert first.status_code == 201
    expect_problem(post_once(sharer, key, {"expires_in": HOUR + 1}, links_of(own)), 422)
    elsewhere = post_once(sharer, key, body, links_of(file))
    assert elsewhere.status_code in {201, 422}
    assert first.json()["token"] not in elsewhere.text
    expect_problem(post_once(newcomer, key, body, links_of(own)), 404)
    theirs = post_once(newcomer, key, body, links_of(publish(newcomer, b"another's")))
    assert theirs.json()["token"] != first.json()["token"]


def test_without_a_key_each_request_makes_a_link(
    sharer: Person, own: Json, anonymous: httpx.Client
) -> None:
    links = at_once([partial(link_to, sharer, own)] * 10)
    assert len({link["token"] for link in links}) == len(listed(sharer, own)) == 10
    assert {follow(anonymous, link).status_code for link in links} == {302}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_no_key_is_refused(sharer: Person, file: Json, key: str | bytes) -> None:
    before = listed(sharer, file)
    expect_problem(post_once(sharer, key, {"expires_in": HOUR}, links_of(file)), {400, 422})
    assert listed(sharer, file) == before
