"""A new password ends every other session."""

from __future__ import annotations

import pytest

from tests.integration.accounts.test_login import login
from tests.integration.accounts.test_sessions import now, second_login
from tests.support.backend import Answer, Client


def change_password(client: Client, current: str, new: str = "battery staple") -> Answer:
    body = {"current_password": current, "new_password": new}
    return client.call("accounts.change_password", "POST", "/v1/auth/password", body)


def test_the_new_password_is_good_and_the_old_one_is_not(client: Client) -> None:
    assert change_password(client, "correct horse").status == 204
    assert login(client.email, "battery staple").status == 200
    assert login(client.email, "correct horse").status == 401


def test_every_other_session_ends_and_this_one_goes_on(client: Client) -> None:
    other = second_login(client)
    change_password(client, "correct horse")
    assert (now(client).status, now(other).status) == (200, 401)


def test_a_wrong_current_password_changes_nothing(client: Client) -> None:
    refused = change_password(client, "wrong horse")
    assert (refused.status, refused.body["code"]) == (403, "bad_credentials")
    assert login(client.email).status == 200


@pytest.mark.parametrize("new", ["p" * 9, "p" * 129, ""])
def test_a_new_password_is_as_long_as_a_first_one(client: Client, new: str) -> None:
    assert change_password(client, "correct horse", new).status == 422
