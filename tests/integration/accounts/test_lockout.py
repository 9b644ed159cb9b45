"""Guessing is slowed, per account and address and per address, and nobody locks out another."""

from __future__ import annotations

import time
from uuid import uuid4

from fragua.settings import settings
from tests.integration.accounts.test_login import login
from tests.support.backend import Answer, Client
from tests.support.tables import change, guards


def guess(client: Client, address: str, times: int = 1) -> list[int]:
    """Try wrong passwords; return the statuses."""
    return [login(client.email, "wrong horse", address=address).status for _ in range(times)]


def new_guard(kind: str, before: set[str]) -> str:
    """Return the guard of a kind that a first attempt has made."""
    (guard,) = [key for key in guards().keys() - before if key.startswith(f"attempts:{kind}:")]
    return guard


def set_guard(guard: str, **values: float) -> None:
    change(settings().guards_table, {"guard": guard}, **values)


def test_the_eleventh_guess_in_a_quarter_of_an_hour_is_refused(client: Client) -> None:
    assert guess(client, "192.0.2.10", 10) == [401] * 10
    refused = login(client.email, address="192.0.2.10")
    assert (refused.status, refused.body["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 900


def test_the_owner_gets_in_from_elsewhere_meanwhile(client: Client) -> None:
    guess(client, "192.0.2.11", 11)
    assert login(client.email, address="192.0.2.12").status == 200


def test_another_account_gets_in_from_the_same_address(client: Client, stranger: Client) -> None:
    guess(client, "192.0.2.13", 11)
    assert login(stranger.email, address="192.0.2.13").status == 200


def test_a_login_that_succeeds_forgets_the_failures_before_it(client: Client) -> None:
    for _ in range(2):
        assert guess(client, "192.0.2.14", 9) == [401] * 9
        assert login(client.email, address="192.0.2.14").status == 200


def test_after_a_quarter_of_an_hour_the_count_begins_anew(client: Client) -> None:
    before = set(guards())
    guess(client, "192.0.2.15", 11)
    set_guard(new_guard("account", before), until=time.time() - 1)
    assert login(client.email, address="192.0.2.15").status == 200


def test_the_time_runs_from_the_first_failure_not_from_the_last(client: Client) -> None:
    before = set(guards())
    guess(client, "192.0.2.16")
    guard = new_guard("account", before)
    until = guards()[guard]["until"]
    guess(client, "192.0.2.16")
    assert guards()[guard]["until"] == until
    assert 800 < float(until) - time.time() <= 900


def test_an_address_that_fails_a_hundred_times_an_hour_has_to_wait(
    client: Client, stranger: Client
) -> None:
    before = set(guards())
    guess(client, "192.0.2.17")
    set_guard(guard := new_guard("address", before), count=99)
    assert guess(client, "192.0.2.17") == [401]
    refused = login(stranger.email, address="192.0.2.17")
    assert refused.status == 429
    assert 900 < int(refused.headers["retry-after"]) <= 3600
    assert login(stranger.email, address="192.0.2.18").status == 200
    set_guard(guard, until=time.time() - 1)
    assert login(stranger.email, address="192.0.2.17").status == 200


def test_a_success_is_no_failure_of_its_address(client: Client) -> None:
    before = set(guards())
    address = uuid4().hex
    for _ in range(3):
        assert login(client.email, address=address).status == 200
    assert guards()[new_guard("address", before)]["count"] == 0


def test_a_guess_of_the_old_password_counts_as_well(client: Client) -> None:
    answers = [change_password(client, "wrong horse") for _ in range(11)]
    assert [answer.status for answer in answers] == [403] * 10 + [429]


def change_password(client: Client, current: str) -> Answer:
    body = {"current_password": current, "new_password": "battery staple"}
    return client.call("accounts.change_password", "POST", "/v1/auth/password", body)
