"""Whoever makes or drops a bucket dies, at every step there is; then the sweeper comes.

A death is one of the whole process: nothing is cleaned up, and the open transaction is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from fragua import aws
from fragua.database import writer
from fragua.database.repeats import repeats
from tests.support.backend import Answer, Client
from tests.support.buckets import (
    ask_for,
    drop,
    empty_outbox,
    entries,
    in_s3,
    known,
    left_undone,
    make,
    names,
    new_name,
    sweep,
    upload_into,
)
from tests.support.deaths import Dead, Deaths
from tests.support.plans import limits

T = TypeVar("T")

# More steps than anything here takes: a test that never gets to its end fails.
MOST = 150
# Every step is one more creation or deletion, and a sweep.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def deaths(client: Client) -> Deaths:
    """Deaths of this process; the outbox holds nothing of earlier tests."""
    empty_outbox()
    return Deaths()


def dying(deaths: Deaths, do: Callable[[int], T]) -> Iterator[tuple[int, T | None]]:
    """Do something again and again, each time dying a step later, until it lives to its end.

    Yields the step and what came of it, None of the dead.
    """
    for step in count():
        assert step < MOST
        answer = None
        try:
            with deaths.after(step):
                answer = do(step)
        except Dead:
            pass
        yield step, answer
        if answer:
            return


def assert_whole(client: Client, name: str) -> None:
    """It is shown, takes uploads, and is in S3; nobody has to look after it."""
    row = known(name)
    assert row
    assert (row["state"], str(row["owner_id"])) == ("ready", client.user_id)
    assert names(client) == {name}
    assert entries(client) == [f"{name}/{row['s3_name']}"]
    assert row["s3_name"] in in_s3()
    answer = upload_into(client, name)
    assert answer.status == 201, answer
    (upload,) = answer.body["uploads"]
    path = f"/v1/uploads/{upload['id']}"
    assert client.call("uploads.abort", "DELETE", path).status == 204


def assert_nothing(client: Client, name: str) -> None:
    """Neither PostgreSQL nor DynamoDB knows of it, nor of a key that is called like it."""
    assert known(name) is None
    assert names(client) == set()
    assert entries(client) == []
    with writer() as db:
        kept = repeats.c.key == hashlib.sha256(name.encode()).hexdigest()
        assert db.execute(sa.select(repeats.c.scope).where(kept)).all() == []
    assert upload_into(client, name).status == 422


def test_a_creation_that_dies_leaves_a_whole_bucket_or_nothing(
    client: Client, stranger: Client, deaths: Deaths
) -> None:
    before, ends = in_s3(), set[str]()
    # Room for one: what came to nothing must not use it up.
    with limits(max_buckets=1):
        for step, answer in dying(
            deaths, lambda step: ask_for(client, f"dies-{step}", f"dies-{step}")
        ):
            name = f"dies-{step}"
            sweep()
            assert left_undone() == []
            if known(name):
                ends.add("whole")
                assert_whole(client, name)
            else:
                ends.add("nothing")
                assert answer is None
                assert in_s3() == before
                assert_nothing(client, name)
                # The name is free for others, the key for the same request.
                assert drop_again(stranger, name).status == 201
            again = ask_for(client, name, name)
            assert again.status == 201, (step, again)
            assert_whole(client, name)
            assert drop(client, name).status == 204
            assert in_s3() == before
    assert ends == {"whole", "nothing"}


def drop_again(client: Client, name: str) -> Answer:
    """Make a bucket and give it up; return what its creation answered."""
    made = ask_for(client, name)
    assert drop(client, name).status == 204
    return made


def test_a_creation_that_died_is_in_progress_until_the_sweeper_has_come(client: Client) -> None:
    empty_outbox()
    name = half_made(client, "key")
    again = ask_for(client, name, "key")
    assert (again.status, again.body["code"]) == (409, "in_progress")
    assert int(again.headers["retry-after"]) >= 1
    assert names(client) == set()
    sweep()
    assert ask_for(client, name, "key").status == 201
    assert_whole(client, name)


def test_a_deletion_that_dies_leaves_a_whole_bucket_or_nothing(
    client: Client, deaths: Deaths
) -> None:
    before, ends = in_s3(), set[str]()
    name = make(client)
    for step, answer in dying(deaths, lambda _: drop(client, name)):
        shown = name in names(client)
        sweep()
        assert left_undone() == []
        row = known(name)
        if row:
            ends.add("whole")
            assert shown, step
            assert_whole(client, name)
        else:
            ends.add("nothing")
            assert_nothing(client, name)
            assert in_s3() == before
            if answer is None:
                assert ask_for(client, name).status == 201
    assert ends == {"whole", "nothing"}


def test_an_upload_that_slips_into_a_dying_deletion_keeps_the_bucket(
    client: Client, deaths: Deaths
) -> None:
    before, ends = in_s3(), set[str]()
    name = make(client)
    for step, _ in dying(deaths, lambda _: drop(client, name)):
        answer = upload_into(client, name)
        sweep()
        if answer.status == 201:
            ends.add("kept")
            (upload,) = answer.body["uploads"]
            # Whole again, and the upload with it.
            assert names(client) == {name}, step
            assert drop(client, name).body["code"] == "bucket_not_empty"
            path = f"/v1/uploads/{upload['id']}"
            assert client.call("uploads.abort", "DELETE", path).status == 204
        else:
            ends.add("lost")
            assert [each["pointer"] for each in answer.body["errors"]] == ["/files/0/bucket"]
            assert_nothing(client, name)
            assert in_s3() == before
            assert ask_for(client, name).status == 201
    assert ends == {"kept", "lost"}


def test_a_sweeper_that_dies_leaves_its_work_to_the_next_one(
    client: Client, deaths: Deaths
) -> None:
    before = in_s3()
    name = half_made(client)
    assert in_s3() > before
    for _ in dying(deaths, lambda _: sweep()):
        sweep()
        assert in_s3() == before
        assert_nothing(client, name)
        name = half_made(client)
    sweep()
    assert in_s3() == before


def half_made(client: Client, key: str | None = None) -> str:
    """Leave a bucket that is in S3 and that nobody was told of."""
    name = new_name()
    with pytest.raises(Dead), death_at("s3", "PutBucketCors"):
        ask_for(client, name, key)
    return name


def test_two_sweepers_who_see_different_things_leave_a_whole_bucket_or_nothing(
    client: Client,
) -> None:
    empty_outbox()
    name, events = make(client), aws.client("dynamodb").meta.events
    with pytest.raises(Dead), death_at("dynamodb", "UpdateItem"):
        drop(client, name)
    # It is closed, and nobody was told yet: an upload slips in.
    (upload,) = upload_into(client, name).body["uploads"]
    path, visits = f"/v1/uploads/{upload['id']}", ["the other one"]

    def meanwhile(**_: Any) -> None:
        if visits:
            visits.clear()
            sweep()
            assert client.call("uploads.abort", "DELETE", path).status == 204

    # The one sweeper is about to look whether it is in use; the other one has been there before.
    events.register("before-call.dynamodb.Query", meanwhile)
    sweep()
    events.unregister("before-call.dynamodb.Query", meanwhile)
    sweep()
    if known(name):
        assert_whole(client, name)
    else:
        assert_nothing(client, name)


@contextmanager
def death_at(service: str, operation: str) -> Iterator[None]:
    """Die where the next request of a kind would be sent."""

    def die(**_: Any) -> None:
        raise Dead

    events, kind = aws.client(service).meta.events, f"before-call.{service}.{operation}"
    events.register(kind, die)
    try:
        yield
    finally:
        events.unregister(kind, die)
