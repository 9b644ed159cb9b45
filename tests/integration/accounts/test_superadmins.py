"""Superadmins made by the function that is invoked by hand, and the last one, who stays."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from fragua.accounts.tables import users
from fragua.database import writer
from fragua.errors import Problem
from tests.support.accounts import become
from tests.support.backend import Answer, Client, invoke, new_client

PASSWORD = "correct horse"


@pytest.fixture
def nobody_else(backend: dict[str, str]) -> None:
    """Take the role from everybody who has it."""
    with writer() as db:
        db.execute(users.update().where(users.c.role == "superadmin").values(role="user"))


def made(**event: Any) -> dict[str, Any]:
    return invoke("accounts.bootstrap", event)


def role(client: Client) -> str:
    answer = client.call("accounts.get_session", "GET", "/v1/auth/session")
    return str(answer.body["role"])


def change(by: Client, whom: Client, **values: Any) -> Answer:
    return by.call("accounts.update_user", "PATCH", f"/v1/users/{whom.user_id}", values)


def delete(by: Client, whom: Client) -> Answer:
    return by.call("accounts.delete_user", "DELETE", f"/v1/users/{whom.user_id}")


@pytest.mark.usefixtures("nobody_else")
def test_the_first_superadmin_is_made_once() -> None:
    first = made(email=f"{uuid4().hex}@example.com", password=PASSWORD, only_first=True)
    again = made(email="other@example.com", password=PASSWORD, only_first=True)
    assert first["created"]
    assert again == {"created": False, "user_id": first["user_id"]}


def test_an_account_that_there_is_becomes_a_superadmin_and_keeps_its_password(
    client: Client,
) -> None:
    become(client, active=False)
    answer = made(email=client.email.upper())
    assert answer == {"created": False, "user_id": client.user_id}
    assert role(client) == "superadmin"
    body = {"email": client.email, "password": client.password}
    assert client.call("accounts.login", "POST", "/v1/auth/login", body).status == 200


@pytest.mark.parametrize("only_first", [False, True])
@pytest.mark.usefixtures("nobody_else")
def test_an_account_with_another_password_is_somebody_elses(
    client: Client, only_first: bool
) -> None:
    with pytest.raises(Problem) as refused:
        made(email=client.email, password="the operator's own", only_first=only_first)
    assert refused.value.code == "email_taken"
    assert role(client) == "user"


def test_an_account_that_there_is_not_is_made(backend: dict[str, str]) -> None:
    email = f"{uuid4().hex}@example.com"
    assert made(email=email) == {"created": False, "user_id": None}
    assert made(email=email, password=PASSWORD)["created"]
    assert not made(email=email)["created"]


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(
    "event",
    [{}, {"email": "root@example.com", "password": "hunter2"}, {"password": "hunter2hunter2"}],
    ids=["nothing", "a short password", "no address"],
)
def test_a_superadmin_needs_an_address_and_a_password(event: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        made(**event)
    assert "hunter2" not in str(refused.value)


@pytest.mark.usefixtures("nobody_else")
@pytest.mark.parametrize("values", [{"role": "admin"}, {"active": False}, {"role": "user"}, None])
def test_the_last_superadmin_can_not_go(client: Client, values: dict[str, Any] | None) -> None:
    become(client, role="superadmin")
    # Neither of these can take the place.
    sleeper, gone = new_client(), new_client()
    become(sleeper, role="superadmin", active=False)
    become(gone, role="superadmin")
    assert delete(client, gone).status == 204
    answer = change(client, client, **values) if values else delete(client, client)
    assert (answer.status, answer.body["code"]) == (409, "last_superadmin")
    assert role(client) == "superadmin"
    # Whatever does not take the role away is allowed.
    assert change(client, client, plan="premium", active=True, role="superadmin").status == 200
    assert change(client, sleeper, role="user").status == 200
    other = new_client()
    assert change(client, other, role="superadmin").status == 200
    assert (change(client, client, **values) if values else delete(client, client)).status < 300
