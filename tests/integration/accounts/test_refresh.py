"""Refresh tokens rotate, and using one again ends its session."""

from __future__ import annotations

import time
from uuid import UUID

import pytest

from fragua.accounts import store
from tests.support.backend import Answer, Client


def refresh(token: str) -> Answer:
    body = {"refresh_token": token}
    return Client().call("accounts.refresh", "POST", "/v1/auth/refresh", body)


def session(client: Client, token: str) -> Answer:
    return client.call("accounts.get_session", "GET", "/v1/auth/session", token=token)


def test_a_refresh_token_gives_new_tokens_of_the_same_session(client: Client) -> None:
    before = session(client, client.token or "").body["session_id"]
    tokens = refresh(client.refresh_token).body
    assert tokens["refresh_token"] != client.refresh_token
    assert session(client, tokens["access_token"]).body["session_id"] == before


def test_tokens_can_be_refreshed_again_and_again(client: Client) -> None:
    token = client.refresh_token
    for _ in range(3):
        token = refresh(token).body["refresh_token"]


def test_a_spent_token_ends_its_session_for_everybody(client: Client) -> None:
    fresh = refresh(client.refresh_token).body
    reused = refresh(client.refresh_token)
    assert (reused.status, reused.body["code"]) == (401, "token_reused")
    assert session(client, fresh["access_token"]).status == 401
    assert refresh(fresh["refresh_token"]).status == 401


def test_of_two_refreshes_at_once_one_wins(client: Client) -> None:
    session_id = UUID(session(client, client.token or "").body["session_id"])
    end = int(time.time()) + 60
    assert [store.rotate_session(session_id, 0, end) for _ in range(2)] == [True, False]


def test_the_other_sessions_of_the_account_go_on(client: Client) -> None:
    body = {"email": client.email, "password": client.password}
    other = client.call("accounts.login", "POST", "/v1/auth/login", body).body
    refresh(client.refresh_token)
    refresh(client.refresh_token)
    assert session(client, other["access_token"]).status == 200


def test_an_access_token_cannot_be_refreshed(client: Client) -> None:
    assert refresh(client.token or "").body["code"] == "token_invalid"


def test_a_refresh_token_opens_no_door(client: Client) -> None:
    assert session(client, client.refresh_token).body["code"] == "token_invalid"


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é"])
def test_what_is_no_token_is_401(token: str) -> None:
    assert refresh(token).status == 401


def test_a_session_that_was_left_cannot_be_refreshed(client: Client) -> None:
    client.call("accounts.logout", "POST", "/v1/auth/logout")
    assert refresh(client.refresh_token).body["code"] == "session_ended"
