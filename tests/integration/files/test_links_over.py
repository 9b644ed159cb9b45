"""A temporary link is over by its time, its count, its file, its owner and the plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from fragua import clock
from fragua.accounts import plans
from fragua.accounts.schemas import NewPlan, PlanChange
from fragua.accounts.tables import users
from fragua.database import writer
from tests.integration.files.linking import (
    assert_ended,
    assert_works,
    create,
    edit,
    follow,
    link_to,
    listed,
    of,
    presigned_seconds,
    revoke,
    sharer,
)
from tests.support.accounts import become
from tests.support.backend import Client


def test_a_link_is_over_when_its_time_is(owner: Client, file_id: str) -> None:
    link = link_to(owner, file_id)
    edit(link, expires_at=clock.now() + timedelta(seconds=30))
    assert follow(link["token"]).status == 302
    edit(link, expires_at=clock.now())
    assert_ended(link["token"])
    # Its owner still sees what became of it.
    assert listed(owner, file_id) == [link["id"]]


@pytest.mark.parametrize(("left", "most"), [(3600, 60), (61, 60), (30, 30), (2, 2)])
def test_a_redirect_lives_a_minute_and_never_longer_than_its_link(
    owner: Client, file_id: str, left: int, most: int
) -> None:
    link = link_to(owner, file_id)
    edit(link, expires_at=clock.now() + timedelta(seconds=left))
    assert max(1, most - 2) <= presigned_seconds(follow(link["token"])) <= most


def test_a_link_dies_with_its_file(owner: Client, file_id: str) -> None:
    link = link_to(owner, file_id)
    assert owner.call("files.delete", "DELETE", f"/v1/files/{file_id}").status == 204
    assert_ended(link["token"])
    path = f"/v1/files/{file_id}/links"
    assert owner.call("files.list_links", "GET", path).status == 404
    # Harmless, as revoking it twice is.
    assert revoke(owner, link["id"]) == 204


@pytest.mark.parametrize(
    ("dead", "alive"),
    [
        ({"active": False}, {"active": True}),
        ({"plan": "premium"}, {"plan": "enterprise"}),
        ({"deleted_at": clock.at(0)}, {"deleted_at": None}),
    ],
    ids=["disabled", "on another plan", "deleted"],
)
def test_a_link_works_while_its_owner_may_share(
    backend: dict[str, str], dead: dict[str, Any], alive: dict[str, Any]
) -> None:
    client = sharer()
    link = link_to(client, of(client))
    for values, check in ((dead, assert_ended), (alive, assert_works)):
        with writer() as db:
            db.execute(users.update().where(users.c.id == UUID(client.user_id)).values(values))
        check(link["token"])


def test_a_link_dies_with_its_owners_plan(backend: dict[str, str]) -> None:
    client, name = sharer(), f"p{uuid4().hex}"
    new = next(plan for plan in plans.page(200, None)[0] if plan.name == "enterprise")
    plans.create(UUID(client.user_id), NewPlan(**new.model_dump() | {"name": name}))
    become(client, plan=name)
    link = link_to(client, of(client))
    plans.change(name, PlanChange.model_validate({"temporary_links": False}))
    assert_ended(link["token"])
    assert create(client, link["file_id"]).status == 403
    # What may be revoked may be listed.
    assert listed(client, link["file_id"]) == [link["id"]]
    plans.change(name, PlanChange.model_validate({"temporary_links": True}))
    assert_works(link["token"])


def test_a_link_that_was_spent_in_vain_is_still_ended(owner: Client, file_id: str) -> None:
    link = link_to(owner, file_id, max_downloads=1)
    assert follow(link["token"]).status == 302
    # Its file's new name, say, does not bring it back.
    path = f"/v1/files/{file_id}"
    assert owner.call("files.rename", "PATCH", path, {"file_name": "b"}).status == 200
    assert_ended(link["token"])


def test_a_link_shows_the_name_that_its_file_has_now(owner: Client, file_id: str) -> None:
    link = link_to(owner, file_id)
    owner.call("files.rename", "PATCH", f"/v1/files/{file_id}", {"file_name": "文件.txt"})
    got = httpx.get(follow(link["token"]).headers["location"])
    assert got.headers["content-disposition"].endswith(quote("文件.txt"))
