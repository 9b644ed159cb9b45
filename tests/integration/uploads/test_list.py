"""The list holds what is unfinished and what ended within a week."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.integration.uploads.test_progress import abort
from tests.support.backend import Client
from tests.support.tables import age

WEEK = 7 * 24 * 3600


def page(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.call("uploads.list", "GET", "/v1/uploads", query=query)
    assert answer.status == 200, answer
    body: dict[str, Any] = answer.body
    return body


def begin(client: Client, count: int) -> list[str]:
    """Begin uploads; return their ids, newest first."""
    uploads = client.create(*({"file_name": f"{n}", "size": 1} for n in range(count)))
    return [upload["id"] for upload in reversed(uploads)]


def test_the_newest_come_first_and_without_progress(client: Client) -> None:
    ids = begin(client, 3)
    items = page(client)["items"]
    assert [item["id"] for item in items] == ids
    assert not {"received", "missing", "received_bytes", "fragments"} & set(items[0])


def test_what_ended_within_a_week_is_listed_and_what_ended_before_is_not(client: Client) -> None:
    recent, old, unfinished = begin(client, 3)
    for upload_id, ago in ((recent, WEEK - 60), (old, WEEK + 60)):
        abort(client, {"id": upload_id})
        age(client, {"id": upload_id}, ended_at=time.time() - ago)
    assert [item["id"] for item in page(client)["items"]] == [recent, unfinished]


def test_pages_are_cut_where_asked_and_miss_nothing(client: Client) -> None:
    ids = begin(client, 5)
    first = page(client, limit=2)
    begin(client, 2)
    second = page(client, limit=2, cursor=first["next_cursor"])
    third = page(client, limit=2, cursor=second["next_cursor"])
    listed = [item["id"] for body in (first, second, third) for item in body["items"]]
    assert (listed, third["next_cursor"]) == (ids, None)


def test_a_page_is_full_though_many_before_it_ended_long_ago(client: Client) -> None:
    ids = begin(client, 8)
    for upload_id in ids[:6]:
        abort(client, {"id": upload_id})
        age(client, {"id": upload_id}, ended_at=time.time() - 2 * WEEK)
    body = page(client, limit=2)
    assert [item["id"] for item in body["items"]] == ids[6:]
    assert body["next_cursor"] is None


def test_nobody_sees_anothers_uploads(client: Client, stranger: Client) -> None:
    begin(client, 1)
    assert page(stranger) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"limit": 201}, "/limit"),
        ({"limit": "x"}, "/limit"),
        ({"cursor": "x"}, "/cursor"),
        ({"cursor": ""}, "/cursor"),
        ({"cursor": "A" * 300}, "/cursor"),
    ],
    ids=str,
)
def test_a_page_that_is_none_is_422(client: Client, query: dict[str, Any], pointer: str) -> None:
    answer = client.call("uploads.list", "GET", "/v1/uploads", query=query)
    assert answer.status == 422
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]
