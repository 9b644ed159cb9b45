"""Asking for the same once more: after a 503, with the same key, and by the sweeper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fragua import aws
from tests.support.backend import Client
from tests.support.buckets import (
    ask_for,
    assert_whole,
    drop,
    empty_outbox,
    in_s3,
    known,
    left_undone,
    make,
    name_in_s3,
    names,
    sweep,
)
from tests.support.outages import down


@pytest.fixture
def others(backend: dict[str, str]) -> set[str]:
    """The buckets in S3 before the test makes one."""
    empty_outbox()
    return in_s3()


def test_a_deletion_that_got_no_answer_is_finished_by_asking_again(
    others: set[str], client: Client
) -> None:
    bucket = make(client)
    with down("dynamodb", "UpdateItem"):
        assert drop(client, bucket).status == 503
    assert drop(client, bucket).status == 204
    assert (known(bucket), names(client)) == (None, set())
    assert sweep()["failed"] == 0
    assert in_s3() == others
    assert drop(client, bucket).status == 404


def test_a_key_stands_for_the_bucket_that_was_made_by_it_and_for_no_other(client: Client) -> None:
    bucket = make(client)
    drop(client, bucket)
    assert ask_for(client, bucket, "key").status == 201
    assert drop(client, bucket).status == 204
    assert ask_for(client, bucket).status == 201
    assert ask_for(client, bucket, "key").status == 404
    assert_whole(client, bucket)


@contextmanager
def endless(operation: str, answer: dict[str, Any]) -> Iterator[list[str]]:
    """S3 says the same each time; yields what it was asked."""
    asked: list[str] = []

    def say(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        asked.append(params["url"])
        return type("Http", (), {"status_code": 200}), answer

    events, name = aws.client("s3").meta.events, f"before-call.s3.{operation}"
    events.register(name, say)
    try:
        yield asked
    finally:
        events.unregister(name, say)


def test_one_try_of_the_sweeper_empties_so_much_of_a_bucket_and_no_more(
    others: set[str], client: Client
) -> None:
    bucket = make(client)
    aws.s3("put_object", Bucket=name_in_s3(bucket), Key="fragments/1", Body=b"")
    more = {"IsTruncated": True, "Contents": [{"Key": "fragments/2"}]}
    with endless("ListObjectsV2", more) as asked:
        assert drop(client, bucket).status == 204
        assert left_undone() == ["bucket_unsettled"]
        before = len(asked)
        assert sweep()["failed"] == 1
        assert before < len(asked) - before < 50
    assert left_undone() == ["bucket_unsettled"]
    swept = sweep()
    assert (swept["done"], swept["failed"]) == (1, 0)
    assert in_s3() == others
