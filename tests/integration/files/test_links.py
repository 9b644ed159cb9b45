"""Temporary links are made, listed and revoked by their owner alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from fragua import aws, clock
from fragua.accounts import keys
from fragua.settings import settings
from tests.integration.files.linking import (
    HOUR,
    NOBODY,
    assert_ended,
    create,
    follow,
    link_to,
    listed,
    of,
    page,
    revoke,
    sharer,
)
from tests.support.accounts import become
from tests.support.backend import Client, environment_of, recorder
from tests.support.events import http_event
from tests.support.workers import Workers


def test_a_link_says_what_it_is_and_its_token_once(owner: Client, file_id: str) -> None:
    link = link_to(owner, file_id, max_downloads=3)
    token = link.pop("token")
    assert link.pop("url") == f"https://api.example.com/l/{token}"
    assert len(bytes.fromhex(token)) * 8 >= 128
    lifetime = datetime.fromisoformat(link["expires_at"]) - clock.now()
    assert timedelta(seconds=3590) < lifetime <= timedelta(seconds=3600)
    assert (link["file_id"], link["max_downloads"], link["downloads"]) == (file_id, 3, 0)
    assert page(owner, file_id)["items"] == [link]


def test_a_link_is_at_the_public_address_where_there_is_one(owner: Client, file_id: str) -> None:
    with environment_of({"PUBLIC_URL": "https://files.example.org/"}):
        link = link_to(owner, file_id)
    assert link["url"] == f"https://files.example.org/l/{link['token']}"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/expires_in"),
        ({"expires_in": 59}, "/expires_in"),
        ({"expires_in": 604_801}, "/expires_in"),
        ({"expires_in": "60"}, "/expires_in"),
        ({"expires_in": 60.5}, "/expires_in"),
        ({"expires_in": True}, "/expires_in"),
        (HOUR | {"max_downloads": 0}, "/max_downloads"),
        (HOUR | {"max_downloads": 2**31}, "/max_downloads"),
        (HOUR | {"max_downloads": "1"}, "/max_downloads"),
        (HOUR | {"token": "mine"}, "/token"),
    ],
    ids=str,
)
def test_a_link_that_can_not_be_is_422(
    owner: Client, file_id: str, body: dict[str, Any], pointer: str
) -> None:
    answer = create(owner, file_id, body)
    assert answer.status == 422
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


@pytest.mark.parametrize(
    "body", [{"expires_in": 60}, {"expires_in": 604_800, "max_downloads": 2**31 - 1}], ids=str
)
def test_the_limits_themselves_are_allowed(
    owner: Client, file_id: str, body: dict[str, Any]
) -> None:
    assert create(owner, file_id, body).status == 201


def test_a_plan_without_links_forbids_them_and_tells_nothing_of_others_files(
    client: Client, owner: Client, file_id: str
) -> None:
    answer = create(client, of(client))
    assert (answer.status, answer.body["code"]) == (403, "plan_forbids")
    for name in (file_id, NOBODY, "1"):
        assert create(client, name).status == 404
        assert create(client, name, {}).status == 422


def test_nobody_lists_or_makes_links_of_anothers_file(owner: Client, file_id: str) -> None:
    link_to(owner, file_id)
    other = sharer()
    path = f"/v1/files/{file_id}/links"
    assert create(other, file_id).status == 404
    assert other.call("files.list_links", "GET", path).status == 404


def test_a_revoked_link_is_over_at_once_and_no_more_listed(owner: Client, file_id: str) -> None:
    first, second = link_to(owner, file_id), link_to(owner, file_id)
    for link, name in ((first, first["id"]), (second, second["token"])):
        assert follow(link["token"]).status == 302
        assert revoke(owner, name) == 204
        assert_ended(link["token"])
        assert revoke(owner, name) == 204
    assert listed(owner, file_id) == []


def test_nobody_else_revokes_a_link(owner: Client, stranger: Client, file_id: str) -> None:
    link = link_to(owner, file_id)
    names = (link["id"], link["token"], NOBODY, "1", "a" * 32, "%00", "\udcff")
    assert [revoke(stranger, name) for name in names] == [404] * len(names)
    assert follow(link["token"]).status == 302


def test_pages_hold_every_link_once_though_some_are_added_and_revoked(
    owner: Client, file_id: str
) -> None:
    ids = [link_to(owner, file_id)["id"] for _ in range(5)][::-1]
    seen, cursor = [], None
    for _ in range(3):
        body = page(owner, file_id, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in body["items"]]
        cursor = body["next_cursor"]
        link_to(owner, file_id)
        assert revoke(owner, seen[-1]) == 204
    assert (seen, cursor) == (ids, None)


def test_the_same_request_again_gives_the_same_link_and_token(owner: Client, file_id: str) -> None:
    key = uuid4().hex
    first, again = create(owner, file_id, key=key), create(owner, file_id, key=key)
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert listed(owner, file_id) == [first.body["id"]]
    assert follow(again.body["token"]).status == 302
    # As it is now, not as it was.
    assert create(owner, file_id, key=key).body["downloads"] == 1


def test_another_request_by_the_same_key_is_422(owner: Client, file_id: str) -> None:
    key = uuid4().hex
    assert create(owner, file_id, key=key).status == 201
    for asked, body in ((file_id, HOUR | {"max_downloads": 1}), (of(owner), HOUR)):
        answer = create(owner, asked, body, key=key)
        assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/idempotency-key")
    assert len(listed(owner, file_id)) == 1


def test_a_key_is_its_accounts_own(owner: Client, file_id: str) -> None:
    key, other = uuid4().hex, sharer()
    mine, theirs = create(owner, file_id, key=key), create(other, of(other), key=key)
    assert theirs.status == 201
    assert theirs.body["id"] != mine.body["id"]
    assert theirs.body["token"] != mine.body["token"]


def test_a_request_that_was_refused_may_be_sent_again(client: Client) -> None:
    file_id, key = of(client), uuid4().hex
    assert create(client, file_id, key=key).status == 403
    become(client, plan="enterprise")
    assert create(client, file_id, key=key).status == 201


def test_a_request_sent_many_times_at_once_makes_one_link(
    backend: dict[str, str], owner: Client, file_id: str
) -> None:
    path, headers = f"/v1/files/{file_id}/links", {"idempotency-key": uuid4().hex}
    event = http_event("POST", path, HOUR, token=owner.token, headers=headers)
    with Workers(backend, recorder) as processes:
        senders = [processes.start("files.create_link", event, backend) for _ in range(8)]
        answers = [sender.answer() for sender in senders]
    assert {answer["statusCode"] for answer in answers} == {201}
    assert len({json.loads(answer["body"])["token"] for answer in answers}) == 1
    assert len(listed(owner, file_id)) == 1


@contextmanager
def rotated() -> Iterator[None]:
    """Sign with another key in the block; the one before is still known."""
    name, secrets = {"SecretId": settings().signing_key_secret}, aws.client("secretsmanager")
    before = secrets.get_secret_value(**name)["SecretString"]
    another = {"kid": uuid4().hex, "key": uuid4().hex}
    secrets.put_secret_value(**name, SecretString=json.dumps(another))
    keys.forget()
    yield
    secrets.put_secret_value(**name, SecretString=before)
    keys.forget()


def test_a_rotated_key_changes_no_token(owner: Client, file_id: str) -> None:
    key, later = uuid4().hex, uuid4().hex
    first = create(owner, file_id, key=key)
    with rotated():
        assert create(owner, file_id, key=key).body == first.body
        assert follow(first.body["token"]).status == 302
        new = create(owner, file_id, key=later)
        assert new.status == 201
    # Made of the key that is now the one before.
    assert create(owner, file_id, key=later).body == new.body
