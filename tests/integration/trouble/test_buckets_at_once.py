"""Many want the same bucket at once, and whoever makes or drops one meets others on the way."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.backend import Client, new_client
from tests.support.bench import Bench, eventually
from tests.support.buckets import (
    BUCKETS,
    ask_for,
    assert_whole,
    creation,
    deletion,
    drop,
    empty_outbox,
    entries,
    in_s3,
    known,
    make,
    name_in_s3,
    names,
    new_name,
    sweep,
    upload_into,
)
from tests.support.events import http_event
from tests.support.faults import Act, Fault

# Of a creation: the bucket itself, then its five settings.
PUT = "S3 PUT bucket"
MANY = 20
# Buckets of the plan that everybody is on.
ALLOWED = 3


@pytest.fixture(autouse=True)
def _empty_outbox(bench: Bench) -> None:
    empty_outbox()


def test_of_many_creations_at_once_as_many_as_the_plan_allows_are_done(
    bench: Bench, client: Client
) -> None:
    others, asked = in_s3(), [new_name() for _ in range(MANY)]
    workers = [
        bench.start("buckets.create", creation(client, name), FRAGUA_TIME_SCALE="1")
        for name in asked
    ]
    answers = [worker.answer() for worker in workers]
    assert Counter(a["statusCode"] for a in answers) == {201: ALLOWED, 409: MANY - ALLOWED}
    assert all('"bucket_limit"' in a["body"] for a in answers if a["statusCode"] == 409)
    assert len(names(client)) == len(entries(client)) == len(in_s3() - others) == ALLOWED
    for name in names(client):
        assert upload_into(client, name).status == 201


def test_of_many_who_want_a_name_one_gets_it(bench: Bench, client: Client) -> None:
    others, name = in_s3(), new_name()
    people = [client, *(new_client() for _ in range(MANY - 1))]
    workers = [
        bench.start("buckets.create", creation(each, name), FRAGUA_TIME_SCALE="1")
        for each in people
    ]
    answers = [worker.answer() for worker in workers]
    assert Counter(a["statusCode"] for a in answers) == {201: 1, 409: MANY - 1}
    assert all('"bucket_exists"' in a["body"] for a in answers if a["statusCode"] == 409)
    (owner,) = [each for each in people if names(each)]
    assert owner is people[[a["statusCode"] for a in answers].index(201)]
    assert in_s3() == others | {name_in_s3(name)}


def test_of_many_sendings_of_one_request_one_makes_a_bucket(bench: Bench, client: Client) -> None:
    others, name = in_s3(), new_name()
    body, headers = {"name": name}, {"idempotency-key": "key"}
    event = http_event("POST", BUCKETS, body, token=client.token, headers=headers)
    workers = [bench.start("buckets.create", event, FRAGUA_TIME_SCALE="1") for _ in range(MANY)]
    answers = [worker.answer() for worker in workers]
    assert {a["statusCode"] for a in answers} <= {201, 409}
    assert all('"in_progress"' in a["body"] for a in answers if a["statusCode"] == 409)
    assert len({a["body"] for a in answers if a["statusCode"] == 201}) == 1
    assert in_s3() == others | {name_in_s3(name)}
    assert_whole(client, name)


def test_a_request_whose_first_sending_is_under_way_is_told_so(
    bench: Bench, client: Client
) -> None:
    name = new_name()
    body, headers = {"name": name}, {"idempotency-key": "key"}
    event = http_event("POST", BUCKETS, body, token=client.token, headers=headers)
    faults = bench.plan({f"{PUT} 2": Fault(Act.FREEZE_BEFORE)})
    worker = bench.start("buckets.create", event, FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    again = ask_for(client, name, "key")
    assert (again.status, again.body["code"]) == (409, "in_progress")
    assert int(again.headers["retry-after"]) >= 1
    assert ask_for(client, new_name(), "key").status == 422
    assert ask_for(client, name).body["code"] == "bucket_exists"
    # Nobody sees it, stores into it or drops it yet.
    assert (names(client), upload_into(client, name).status) == (set(), 422)
    assert drop(client, name).status == 404
    faults.thaw()
    assert worker.answer()["statusCode"] == 201
    assert ask_for(client, name, "key").status == 201
    assert_whole(client, name)


def test_the_same_name_asked_for_twice_costs_the_first_one_nothing(
    bench: Bench, client: Client
) -> None:
    name = new_name()
    # The bucket is made, and about to be opened.
    faults = bench.plan({"SQL SELECT users 2": Fault(Act.FREEZE_BEFORE)})
    first = bench.start("buckets.create", creation(client, name), FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    second = bench.start("buckets.create", creation(client, name), FRAGUA_TIME_SCALE="1")
    eventually(lambda: "SQL INSERT INTO buckets 2" in faults.seen, bool)
    faults.thaw()
    assert second.answer()["statusCode"] == 409
    assert first.answer()["statusCode"] == 201
    assert_whole(client, name)


def test_a_name_asked_for_while_its_bucket_is_dropped_costs_the_deletion_nothing(
    bench: Bench, client: Client
) -> None:
    name = make(client)
    faults = bench.plan({"SQL SELECT users": Fault(Act.FREEZE_BEFORE)})
    first = bench.start("buckets.delete", deletion(client, name), FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    second = bench.start("buckets.create", creation(client, name), FRAGUA_TIME_SCALE="1")
    eventually(lambda: "SQL INSERT INTO buckets" in faults.seen, bool)
    faults.thaw()
    assert first.answer()["statusCode"] == 204
    assert second.answer()["statusCode"] in (201, 409)


@pytest.mark.parametrize(
    "step", [f"{PUT} 4", "SQL SELECT users 2"], ids=["in S3", "before it opens"]
)
def test_a_creation_that_took_too_long_gives_up_what_the_sweeper_took_back(
    bench: Bench, client: Client, step: str
) -> None:
    others, name = in_s3(), new_name()
    faults = bench.plan({step: Fault(Act.FREEZE_BEFORE)})
    worker = bench.start("buckets.create", creation(client, name), FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    sweep()
    assert (known(name), in_s3()) == (None, others)
    assert ask_for(client, name).status == 201
    faults.thaw()
    assert worker.answer()["statusCode"] in (500, 503)
    # The other bucket of that name is none of its business.
    assert_whole(client, name)
    sweep()
    assert_whole(client, name)
