"""A session lives in its row: what the row says holds on the very next request."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua import dynamodb
from fragua.accounts import service
from fragua.accounts.tables import users
from fragua.database import writer
from fragua.settings import settings
from tests.integration.accounts.test_refresh import refresh, session
from tests.support.backend import Answer, Client
from tests.support.tables import change


def now(client: Client) -> Answer:
    """Ask what the client's own token stands for."""
    return session(client, client.token or "")


def second_login(client: Client) -> Client:
    body = {"email": client.email, "password": client.password}
    tokens = client.call("accounts.login", "POST", "/v1/auth/login", body).body
    return Client(
        tokens["access_token"],
        client.email,
        user_id=client.user_id,
        refresh_token=tokens["refresh_token"],
    )


def change_row(client: Client, **values: Any) -> None:
    """Change a user in PostgreSQL and tell DynamoDB, as an administrator's request would."""
    with writer() as db:
        changed = sa.update(users).where(users.c.id == client.user_id)
        db.execute(changed.values(version=users.c.version + 1, **values))
    service.account_changed({"user_id": client.user_id})


def test_a_token_stands_for_a_user_and_a_session(client: Client) -> None:
    body = now(client).body
    assert (body["user_id"], body["email"]) == (client.user_id, client.email)
    assert (body["role"], body["plan"]) == ("user", "basic")
    assert UUID(body["session_id"]).version == 7


def test_a_logout_ends_both_tokens_of_this_session_and_no_other(client: Client) -> None:
    other = second_login(client)
    assert client.call("accounts.logout", "POST", "/v1/auth/logout").status == 204
    assert now(client).body["code"] == "session_ended"
    assert refresh(client.refresh_token).status == 401
    assert now(other).status == 200


def test_a_logout_everywhere_ends_every_session(client: Client) -> None:
    other = second_login(client)
    body = {"everywhere": True}
    assert client.call("accounts.logout", "POST", "/v1/auth/logout", body).status == 204
    assert [now(each).status for each in (client, other)] == [401, 401]
    assert refresh(other.refresh_token).status == 401
    assert now(second_login(client)).status == 200


def test_a_session_is_over_when_its_time_is_though_its_row_is_still_there(client: Client) -> None:
    key = {"session_id": now(client).body["session_id"]}
    change(settings().sessions_table, key, expires_at=int(time.time()))
    assert now(client).body["code"] == "session_ended"
    assert refresh(client.refresh_token).body["code"] == "session_ended"


def test_a_session_whose_row_is_gone_is_over(client: Client) -> None:
    dynamodb.delete(settings().sessions_table, {"session_id": now(client).body["session_id"]})
    assert now(client).status == 401


def test_a_session_of_somebody_else_is_none(client: Client, stranger: Client) -> None:
    key = {"session_id": now(client).body["session_id"]}
    change(settings().sessions_table, key, user_id=stranger.user_id)
    assert now(client).status == 401


@pytest.mark.parametrize(
    ("values", "status", "body"),
    [
        ({"active": False}, 401, {"code": "account_disabled"}),
        ({"role": "admin"}, 200, {"role": "admin"}),
        ({"plan": "premium"}, 200, {"plan": "premium"}),
    ],
    ids=["disabled", "role", "plan"],
)
def test_a_change_of_the_account_holds_on_the_next_request(
    client: Client, values: dict[str, Any], status: int, body: dict[str, Any]
) -> None:
    change_row(client, **values)
    answer = now(client)
    assert answer.status == status
    assert body.items() <= answer.body.items()


def test_a_disabled_account_cannot_refresh(client: Client) -> None:
    change_row(client, active=False)
    assert refresh(client.refresh_token).body["code"] == "account_disabled"


def test_an_older_version_of_an_account_never_overwrites_a_newer_one(client: Client) -> None:
    change(settings().accounts_table, {"user_id": client.user_id}, version=99, role="admin")
    service.account_changed({"user_id": client.user_id})
    assert now(client).body["role"] == "admin"


def test_a_login_mends_an_account_that_dynamodb_was_not_told_of(client: Client) -> None:
    dynamodb.delete(settings().accounts_table, {"user_id": client.user_id})
    assert now(client).status == 401
    assert now(second_login(client)).status == 200
