"""The own profile, and the plans."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.backend import Answer, Client

BUILT_IN = {
    "basic": ([200], False, False, 5 * 2**30, 15 * 2**30, 3),
    "premium": ([200, 400], True, False, 50 * 2**30, 2**40, 10),
    "enterprise": ([200, 400], True, True, 5 * 2**40, 50 * 2**40, 50),
}


def patch(client: Client, body: dict[str, Any]) -> Answer:
    return client.call("accounts.update_me", "PATCH", "/v1/users/me", body)


def me(client: Client) -> Any:
    return client.call("accounts.get_me", "GET", "/v1/users/me").body


def test_a_profile_is_ones_own(client: Client, stranger: Client) -> None:
    assert (me(client)["id"], me(stranger)["id"]) == (client.user_id, stranger.user_id)


def test_what_is_given_changes_and_what_is_left_out_stays(client: Client) -> None:
    patch(client, {"city": "London", "country": "UK"})
    answer = patch(client, {"first_name": "Augusta", "city": None})
    assert answer.status == 200
    assert answer.body == me(client)
    profile = [answer.body[n] for n in ("first_name", "last_name", "city", "country")]
    assert profile == ["Augusta", "Lovelace", None, "UK"]


def test_an_empty_change_changes_nothing(client: Client) -> None:
    before = me(client)
    assert patch(client, {}).body == before


@pytest.mark.parametrize(
    "body",
    [
        *({"role": "admin"}, {"plan": "premium"}, {"email": "a@b.co"}, {"active": False}),
        *({"first_name": ""}, {"last_name": None}, {"city": "a\x00"}),
    ],
    ids=str,
)
def test_nothing_else_of_an_account_can_be_changed(client: Client, body: dict[str, Any]) -> None:
    before = me(client)
    assert patch(client, body).status == 422
    assert me(client) == before


def test_three_plans_are_built_in(client: Client) -> None:
    body = client.call("accounts.list_plans", "GET", "/v1/plans").body
    assert body["next_cursor"] is None
    # Other tests make plans of their own.
    found = {plan.pop("name"): tuple(plan.values()) for plan in body["items"]}
    assert {name: found[name] for name in BUILT_IN} == BUILT_IN
