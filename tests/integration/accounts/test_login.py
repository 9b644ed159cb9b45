"""A login tells nothing to those who don't know the password."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from fragua.accounts.tables import users
from fragua.database import writer
from tests.support.backend import Answer, Client


def login(email: str, password: str = "correct horse", **more: Any) -> Answer:
    more.setdefault("address", uuid4().hex)
    body = {"email": email, "password": password}
    return Client().call("accounts.login", "POST", "/v1/auth/login", body, **more)


def test_tokens_are_given_for_the_password(client: Client) -> None:
    tokens = login(client.email).body
    assert tokens["token_type"] == "Bearer"
    assert (tokens["expires_in"], tokens["refresh_expires_in"]) == (900, 30 * 24 * 3600)
    assert tokens["user"]["id"] == client.user_id


def test_the_address_may_be_typed_in_any_case(client: Client) -> None:
    assert login(client.email.upper()).status == 200


def test_an_unknown_address_and_a_wrong_password_look_the_same(client: Client) -> None:
    answers = [login(client.email, "wrong horse"), login("nobody@example.com", "wrong horse")]
    for answer in answers:
        assert (answer.status, answer.body["code"]) == (401, "bad_credentials")
        answer.body.pop("request_id")
    assert answers[0].body == answers[1].body


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("email", ["", "a\x00b", "%", "nobody", "' or 1=1 --", "x" * 1024])
def test_an_address_that_can_be_none_is_unknown(email: str) -> None:
    assert login(email).status == 401


def test_a_password_is_not_trimmed(client: Client) -> None:
    assert login(client.email, "correct horse ").status == 401


def test_a_disabled_account_is_told_so_only_with_its_password(client: Client) -> None:
    with writer() as db:
        db.execute(sa.update(users).where(users.c.id == client.user_id).values(active=False))
    assert login(client.email).body["code"] == "account_disabled"
    assert login(client.email, "wrong horse").body["code"] == "bad_credentials"


def test_a_deleted_account_is_unknown_and_its_address_free_again(client: Client) -> None:
    with writer() as db:
        gone = sa.update(users).where(users.c.id == client.user_id)
        db.execute(gone.values(deleted_at=sa.func.now()))
    assert login(client.email).body["code"] == "bad_credentials"
    body = {"email": client.email, "password": "correct horse"}
    body |= {"first_name": "Ada", "last_name": "Lovelace"}
    assert Client().call("accounts.register", "POST", "/v1/auth/register", body).status == 201
