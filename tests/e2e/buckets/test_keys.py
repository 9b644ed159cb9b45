"""Idempotency-Key on POST /v1/buckets: a repeated request makes no second bucket."""

from functools import partial

import pytest

from tests.e2e.support.buckets import BUCKETS, drop_when_empty, make, names, new_name
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.once import BAD_KEYS, expect_in_progress, new_key, post_once
from tests.e2e.support.people import Person
from tests.e2e.support.waiting import at_once


def test_the_same_request_under_a_key_makes_one_bucket(newcomer: Person) -> None:
    key, body = new_key(), {"name": new_name()}
    answers = at_once([partial(post_once, newcomer, key, body, BUCKETS)] * 20)
    answers.append(post_once(newcomer, key, body, BUCKETS))
    made = [answer.json() for answer in answers if answer.status_code == 201]
    for answer in answers:
        if answer.status_code != 201:
            expect_in_progress(answer)
    assert answers[-1].status_code == 201
    assert made == [made[0]] * len(made)
    assert names(newcomer) == {"default", body["name"]}


def test_a_key_makes_no_other_bucket_and_is_nobody_elses(newcomer: Person, bob: Person) -> None:
    key, body = new_key(), {"name": new_name()}
    assert post_once(newcomer, key, body, BUCKETS).status_code == 201
    expect_problem(post_once(newcomer, key, {"name": new_name()}, BUCKETS), 422)
    expect_problem(post_once(bob, key, body, BUCKETS), 409, "bucket_exists")
    expect_problem(post_once(newcomer, new_key(), body, BUCKETS), 409, "bucket_exists")
    assert names(newcomer) == {"default", body["name"]}


def test_a_refused_request_spends_no_key(newcomer: Person) -> None:
    key, body, made = new_key(), {"name": new_name()}, [make(newcomer) for _ in range(3)]
    expect_problem(post_once(newcomer, key, body, BUCKETS), 409, "bucket_limit")
    drop_when_empty(newcomer, made[0])
    assert post_once(newcomer, key, body, BUCKETS).status_code == 201
    assert names(newcomer) == {"default", body["name"], *made[1:]}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_no_key_is_refused(bob: Person, key: str | bytes) -> None:
    body = {"name": new_name()}
    expect_problem(post_once(bob, key, body, BUCKETS), {400, 422})
    assert body["name"] not in names(bob)
