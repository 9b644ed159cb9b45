"""Who is refused for what a replica does not have yet finds it when he looks."""

from __future__ import annotations

from uuid import uuid4

import pytest

from fragua import dynamodb
from fragua.settings import settings
from tests.support import catalog
from tests.support.accounts import become
from tests.support.backend import Client, new_client
from tests.support.outages import counted, down, refused
from tests.support.replica import Replica


@pytest.fixture
def admins(client: Client, stranger: Client) -> None:
    """Let both change products; what they wrote is known before the replica stops."""
    for each in (client, stranger):
        become(each, role="admin")


@pytest.mark.usefixtures("admins", "behind")
def test_whoever_is_told_to_read_again_reads_what_is_there(
    client: Client, stranger: Client
) -> None:
    product = catalog.made(client)
    assert catalog.change(client, product, name="Mine").status == 200
    assert catalog.change(stranger, product, name="Stale").status == 412
    again = catalog.get(stranger, product["sku"]).body
    assert again["name"] == "Mine"
    assert catalog.change(stranger, again, name="Theirs").status == 200


@pytest.mark.usefixtures("admins", "behind")
def test_whoever_is_told_that_something_is_there_finds_it(client: Client, stranger: Client) -> None:
    sku = catalog.made(client)["sku"]
    assert catalog.get(stranger, sku).status == 404
    assert catalog.create(stranger, sku).status == 409
    assert catalog.get(stranger, sku).status == 200


def test_whoever_logs_in_after_a_registration_that_broke_off_is_there(behind: Replica) -> None:
    visitor = Client(email=f"{uuid4().hex}@example.com")
    who = {"email": visitor.email, "password": visitor.password}
    new = {**who, "first_name": "Ada", "last_name": "L"}
    item = settings().accounts_table.encode()
    with refused("dynamodb", "UpdateItem", "InternalServerError", 500, only=item):
        assert visitor.call("accounts.register", "POST", "/v1/auth/register", new).status == 503
    logged_in = visitor.call("accounts.login", "POST", "/v1/auth/login", who)
    visitor.token = logged_in.body["access_token"]
    assert visitor.call("accounts.get_me", "GET", "/v1/users/me").status == 200
    assert visitor.call("images.list", "GET", "/v1/images").status == 200


def test_an_account_that_is_not_there_yet_has_no_plan_yet(behind: Replica) -> None:
    new = new_client()
    dynamodb.update(settings().accounts_table, {"user_id": new.user_id}, "REMOVE #position")
    assert new.call("images.list", "GET", "/v1/images").status == 503


@pytest.mark.usefixtures("admins", "behind")
def test_the_token_of_a_visitor_is_checked_once_whatever_comes_of_it(
    client: Client, stranger: Client
) -> None:
    stranger.call("accounts.logout", "POST", "/v1/auth/logout")
    path = f"/v1/products/{catalog.made(client)['sku']}"
    for who in (client, stranger):
        with counted("dynamodb", "BatchGetItem") as reads:
            who.call("catalog.get", "GET", path)
        assert len(reads) == 1
    with counted("dynamodb", "BatchGetItem") as reads, down("dynamodb", "BatchGetItem"):
        client.call("catalog.get", "GET", path)
    assert len(reads) == 1
