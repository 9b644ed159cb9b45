"""A temporary link leads whoever has it to the file, and to nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from fragua.files.tables import links
from tests.integration.files.linking import (
    DATA,
    NOBODY,
    ROBOT,
    assert_ended,
    downloads,
    follow,
    link_to,
    of,
    preview,
)
from tests.integration.images.support import beside, waiting_for_locks
from tests.support.backend import Client, recorder
from tests.support.bench import eventually
from tests.support.events import http_event
from tests.support.workers import Workers


def test_a_link_leads_to_the_bytes_under_their_name(owner: Client, file_id: str) -> None:
    answer = follow(link_to(owner, file_id)["token"])
    assert (answer.status, answer.body) == (302, "")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    got = httpx.get(answer.headers["location"])
    assert got.content == DATA
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"ano.txt\"; filename*=UTF-8''a%C3%B1o.txt"
    )


@pytest.mark.parametrize(
    "declared", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"]
)
def test_what_a_browser_would_run_is_saved_as_octets(owner: Client, declared: str) -> None:
    link = link_to(owner, of(owner, content_type=declared))
    for query in ({}, {"inline": "true"}, {"response-content-type": "text/html"}):
        path = f"/l/{link['token']}"
        answer = Client().call("files.follow_link", "GET", path, query=query)
        got = httpx.get(answer.headers["location"])
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"].startswith("attachment")


def test_a_picture_is_saved_and_not_shown(owner: Client) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(100)
    upload = owner.upload(png, content_type="image/png")
    got = httpx.get(follow(link_to(owner, upload["file_id"])["token"]).headers["location"])
    assert got.headers["content-disposition"].startswith("attachment")


def test_only_redirects_are_counted(owner: Client, file_id: str) -> None:
    link = link_to(owner, file_id, max_downloads=2)
    for count in (0, 1):
        for answer in (preview(link["token"]), follow(link["token"], **ROBOT)):
            assert answer.status == 200
            assert answer.headers["x-robots-tag"] == "noindex, nofollow"
            assert "location" not in answer.headers
            assert answer.body["file_name"] == "año.txt"
            assert not answer.body.keys() & {"url", "object_key", "s3_bucket", "owner_id"}
        assert downloads(owner, link) == count
        assert follow(link["token"]).status == 302
    assert downloads(owner, link) == 2
    assert_ended(link["token"])


def test_a_link_without_a_number_is_followed_as_often_as_somebody_likes(
    owner: Client, file_id: str
) -> None:
    link = link_to(owner, file_id, max_downloads=None)
    assert [follow(link["token"]).status for _ in range(5)] == [302] * 5
    assert downloads(owner, link) == 5


@pytest.mark.timeout(120)
def test_of_fifty_who_follow_a_link_for_one_at_once_one_gets_it(
    backend: dict[str, str], owner: Client, file_id: str
) -> None:
    link = link_to(owner, file_id, max_downloads=1)
    event = http_event("GET", f"/l/{link['token']}")
    with Workers(backend, recorder) as processes:
        with held(link):
            visitors = [processes.start("files.follow_link", event, backend) for _ in range(10)]
            # All of them have looked, and found it unspent.
            eventually(waiting_for_locks, lambda count: count == 10)
        visitors += [processes.start("files.follow_link", event, backend) for _ in range(40)]
        statuses = sorted(visitor.answer()["statusCode"] for visitor in visitors)
    assert statuses == [302] + [410] * 49
    assert downloads(owner, link) == 1


@contextmanager
def held(link: dict[str, Any]) -> Iterator[None]:
    """Let nobody change a link's row in the block."""
    query = sa.select(links.c.id).where(links.c.id == UUID(link["id"]))
    with beside().begin() as db:
        db.execute(query.with_for_update())
        yield


@pytest.mark.parametrize(
    "token",
    [
        "a",
        "a" * 32,
        "A" * 2000,
        "%00",
        "\x00",
        "a%00b",
        "\udcff\ud800",
        "%ff",
        "ñ",
        "%F0%9F%A6%8A",
        "..",
        "a b",
        "%2e%2e%2fv1",
        "' or 1=1--",
        NOBODY,
        "\n",
        "a\n",
    ],
    ids=ascii,
)
def test_a_token_that_is_none_leads_nowhere(backend: dict[str, str], token: str) -> None:
    for answer in (follow(token), preview(token), follow(token, **ROBOT)):
        assert (answer.status, answer.body["code"]) == (404, "not_found")


def test_a_links_id_is_no_token(owner: Client, file_id: str) -> None:
    assert follow(link_to(owner, file_id)["id"]).status == 404
