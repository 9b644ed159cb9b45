"""POST, PATCH and DELETE of /v1/plans: who may, what counts when, and what stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua import clock
from fragua.accounts import plans, quota, service, store
from fragua.accounts.store import Limits
from fragua.accounts.tables import users
from fragua.database import writer
from tests.support.accounts import become
from tests.support.backend import Client, new_client
from tests.support.plan_admin import (
    PLANS,
    ask,
    body,
    change,
    create,
    delete,
    new_superadmin,
    on,
    row,
)
from tests.support.plans import limits

ROUTES = {
    "accounts.create_plan": ("POST", PLANS),
    "accounts.update_plan": ("PATCH", f"{PLANS}/basic"),
    "accounts.delete_plan": ("DELETE", f"{PLANS}/basic"),
}
FORMS: dict[str, tuple[Any, dict[str, str]]] = {
    "right": ({"max_buckets": 1}, {}),
    "broken": ("{broken", {}),
    "no JSON": ("abc", {"content-type": "text/plain"}),
    "another field": ({"surprise": 1}, {}),
    "no body": (None, {}),
}


@pytest.fixture
def superadmin(backend: dict[str, str]) -> Client:
    """Somebody who may change plans."""
    return new_superadmin()


# --- who may


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("role", ["user", "admin"])
@pytest.mark.parametrize("module", ROUTES)
def test_who_is_no_superadmin_is_refused_whatever_he_sends(
    client: Client, module: str, role: str, form: str
) -> None:
    become(client, role=role)
    sent, headers = FORMS[form]
    answer = client.call(module, *ROUTES[module], sent, headers=headers)
    assert (answer.status, answer.body["code"]) == (403, "forbidden")


@pytest.mark.parametrize("module", ROUTES)
def test_a_token_is_asked_for_before_the_role(superadmin: Client, module: str) -> None:
    assert superadmin.call(module, *ROUTES[module], "{broken", token=None).status == 401


@pytest.mark.parametrize("module", ["accounts.create_plan", "accounts.update_plan"])
def test_a_superadmin_is_told_what_is_wrong_with_the_form(superadmin: Client, module: str) -> None:
    expected = {"broken": 400, "no JSON": 415, "another field": 422}
    for form, status in expected.items():
        sent, headers = FORMS[form]
        answer = superadmin.call(module, *ROUTES[module], sent, headers=headers)
        assert answer.status == status, form


def test_a_role_counts_and_ends_with_the_next_request(client: Client) -> None:
    new = body()
    assert create(client, new).status == 403
    become(client, role="superadmin")
    assert create(client, new).status == 201
    become(client, role="admin")
    assert delete(client, new["name"]).status == 403


# --- what counts when


def test_a_new_account_is_on_basic(client: Client) -> None:
    answer = client.call("accounts.get_session", "GET", "/v1/auth/session")
    assert answer.body["plan"] == "basic"
    with limits(max_file_size=10):
        assert ask(new_client(), 11).body["code"] == "file_too_large"


def test_a_changed_plan_counts_from_the_next_request(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    client = on(name)
    assert ask(client, 101).body["code"] == "file_too_large"
    assert change(superadmin, name, max_file_size=2000).status == 200
    assert ask(client, 1001).body["code"] == "quota_exceeded"
    assert change(superadmin, name, storage_quota=1001).status == 200
    assert ask(client, 1001).status == 201
    assert ask(client, 1).body["code"] == "quota_exceeded"
    assert change(superadmin, name, max_file_size=0, storage_quota=2000).status == 200
    assert ask(client, 1).body["code"] == "file_too_large"
    assert ask(client, 0).status == 201


def test_an_older_version_of_a_plan_overwrites_no_newer_one(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    old = row(name)
    assert old
    change(superadmin, name, max_file_size=200)
    store.write_plan(old)
    assert store.load_limits(name) == Limits(200, 1000)


def test_a_plan_that_is_made_anew_counts_and_the_old_one_does_not_come_back(
    superadmin: Client,
) -> None:
    new = body()
    create(superadmin, new)
    for size in (200, 300, 400):
        change(superadmin, new["name"], max_file_size=size)
    old = row(new["name"])
    assert old
    assert delete(superadmin, new["name"]).status == 204
    assert create(superadmin, new).status == 201
    assert store.load_limits(new["name"]) == Limits(100, 1000)
    store.write_plan(old)
    assert ask(on(new["name"]), 101).body["code"] == "file_too_large"


# --- what stays


def test_a_plan_that_somebody_is_on_stays(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    client = on(name)
    answer = delete(superadmin, name)
    assert (answer.status, answer.body["code"]) == (409, "plan_in_use")
    assert ask(client, 1).status == 201
    become(client, plan="premium")
    assert delete(superadmin, name).status == 204
    assert ask(client, 1).status == 201


def test_a_disabled_account_keeps_its_plan(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    become(on(name), active=False)
    assert delete(superadmin, name).body["code"] == "plan_in_use"


def test_basic_stays_even_where_nobody_is_on_it(superadmin: Client) -> None:
    answer = delete(superadmin, "basic")
    assert (answer.status, answer.body["code"]) == (409, "plan_in_use")


def test_a_deleted_account_keeps_no_plan(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    gone = on(name)
    with writer() as db:
        deleted = users.update().where(users.c.id == UUID(gone.user_id))
        db.execute(deleted.values(deleted_at=clock.now(), active=False))
    assert delete(superadmin, name).status == 204
    assert delete(superadmin, name).status == 404
    with writer() as db:
        kept = sa.select(users.c.plan).where(users.c.id == UUID(gone.user_id))
        assert db.execute(kept).scalar_one() == plans.FIRST


def test_a_refused_deletion_moves_no_deleted_account(superadmin: Client) -> None:
    name = create(superadmin, body()).body["name"]
    gone, client = on(name), on(name)
    with writer() as db:
        deleted = users.update().where(users.c.id == UUID(gone.user_id))
        db.execute(deleted.values(deleted_at=clock.now(), active=False))
    assert delete(superadmin, name).body["code"] == "plan_in_use"
    with writer() as db:
        kept = sa.select(users.c.plan).where(users.c.id == UUID(gone.user_id))
        assert db.execute(kept).scalar_one() == name
    account = store.load_account(UUID(client.user_id))
    assert account
    assert quota.limits(account) == Limits(100, 1000)
    assert service.get(UUID(client.user_id)).plan == name
