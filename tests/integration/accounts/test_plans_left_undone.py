"""A plan is changed, and DynamoDB does not hear of it, or whoever changes it dies on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from fragua.accounts import store
from fragua.accounts.store import Limits
from fragua.settings import settings
from tests.support.backend import Client
from tests.support.buckets import empty_outbox, left_undone, sweep
from tests.support.deaths import Dead, Deaths
from tests.support.outages import down
from tests.support.plan_admin import (
    ask,
    body,
    change,
    create,
    delete,
    known,
    new_superadmin,
    on,
    row,
)
from tests.support.queues import take

# More steps than anything here takes: a test that never gets to its end fails.
MOST = 80


@pytest.fixture
def superadmin(backend: dict[str, str]) -> Client:
    """Somebody who may change plans; the outbox holds nothing of earlier tests."""
    empty_outbox()
    return new_superadmin()


def test_a_change_that_dynamodb_does_not_hear_of_is_a_503_and_counts_once_it_is_swept(
    superadmin: Client,
) -> None:
    name = create(superadmin, body()).body["name"]
    with down("dynamodb", "PutItem"):
        answer = change(superadmin, name, max_file_size=200)
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    assert store.load_limits(name) == Limits(100, 1000)
    sweep()
    assert store.load_limits(name) == Limits(200, 1000)
    assert left_undone() == []


def test_a_late_event_of_an_older_change_leaves_the_newer_one(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    with down("dynamodb", "PutItem"):
        change(superadmin, name, max_file_size=200)
    assert change(superadmin, name, max_file_size=300).status == 200
    sweep()
    assert store.load_limits(name) == Limits(300, 1000)


def test_a_late_event_of_a_deleted_plan_is_done(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    with down("dynamodb", "PutItem"):
        change(superadmin, name, max_file_size=200)
    assert delete(superadmin, name).status == 204
    assert sweep()["failed"] == 0
    assert left_undone() == []


def test_a_plan_that_dynamodb_was_not_told_of_is_a_503_for_those_on_it_until_it_is_swept(
    superadmin: Client,
) -> None:
    new = body()
    with down("dynamodb", "PutItem"):
        assert create(superadmin, new).status == 503
    client = on(new["name"])
    assert ask(client, 1).status == 503
    sweep()
    assert ask(client, 1).status == 201


def test_what_a_repeated_creation_shows_counts_at_once(superadmin: Client) -> None:
    new = body()
    with down("dynamodb", "PutItem"):
        assert create(superadmin, new, "key").status == 503
    # No sweeper has come yet.
    assert create(superadmin, new, "key").status == 201
    assert store.load_limits(new["name"]) == Limits(100, 1000)


def dying(do: Callable[[], Any]) -> Iterator[Any]:
    """Do something again and again, each time dying a step later, until it lives to its end.

    Yields what came of it, None of the dead.
    """
    deaths = Deaths()
    for step in count():
        assert step < MOST
        result = None
        try:
            with deaths.after(step):
                result = do()
        except Dead:
            pass
        yield result
        if result:
            return


def test_a_change_that_dies_counts_wholly_or_not_at_all(superadmin: Client) -> None:
    name, ends = create(superadmin, body()).body["name"], set[int]()
    for _ in dying(lambda: change(superadmin, name, max_file_size=200)):
        sweep()
        assert left_undone() == []
        counts = store.load_limits(name)
        assert counts == known(name)
        assert counts
        ends.add(counts.max_file_size)
        assert change(superadmin, name, max_file_size=100).status == 200
    assert ends == {100, 200}


def test_a_creation_that_dies_leaves_a_whole_plan_or_nothing(superadmin: Client) -> None:
    ends, new = set[bool](), body()
    for _ in dying(lambda: create(superadmin, new, new["name"])):
        sweep()
        ends.add(known(new["name"]) is not None)
        if known(new["name"]):
            assert store.load_limits(new["name"]) == Limits(100, 1000)
        again = create(superadmin, new, new["name"])
        assert again.status == 201
        assert store.load_limits(new["name"]) == Limits(100, 1000)
        assert delete(superadmin, new["name"]).status == 204
        new["name"] = body()["name"]
    assert ends == {True, False}


def test_a_deletion_that_dies_leaves_a_whole_plan_or_nothing(superadmin: Client) -> None:
    new = body()
    create(superadmin, new)
    for answer in dying(lambda: delete(superadmin, new["name"])):
        if known(new["name"]) is None:
            assert answer
            assert delete(superadmin, new["name"]).status == 404
        else:
            assert store.load_limits(new["name"]) == Limits(100, 1000)


def test_other_heights_are_told_to_the_worker_whoever_dies(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    told()
    for heights in dying(lambda: change(superadmin, name, thumbnail_heights=[200, 400])):
        sweep()
        found = row(name)
        assert found
        changed = found["thumbnail_heights"] == [200, 400]
        assert heights is None or changed
        assert bool(told()) is changed
        change(superadmin, name, thumbnail_heights=[200])
        told()
    assert change(superadmin, name, max_buckets=9).status == 200
    assert told() == []


def told() -> list[str]:
    """Take what the worker of thumbnails was told; return the plans."""
    return [body["plan"] for body in take(settings().backlog_queue_url) if "plan" in body]
