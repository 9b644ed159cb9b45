"""Accounts are made at a measured pace from one address, and nobody uses up another's share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from fragua.settings import settings
from tests.integration.accounts.test_login import login
from tests.support.backend import Answer, Client, environment_of
from tests.support.tables import change, guards

ACCOUNT, ADDRESS = "REGISTRATIONS_PER_ACCOUNT", "REGISTRATIONS_PER_ADDRESS"


@pytest.fixture
def few(backend: dict[str, str]) -> Iterator[None]:
    """A deployment where two attempts at an account are allowed, and four of an address."""
    with environment_of({ACCOUNT: "2", ADDRESS: "4"}):
        yield


def somebody() -> str:
    return f"{uuid4().hex}@example.com"


def register(address: str, email: str = "", key: str = "", **more: str) -> Answer:
    """Register somebody, or somebody new, from an address."""
    body = {"email": email or somebody(), "password": "correct horse", "first_name": "Ada"}
    headers = {"idempotency-key": key} if key else {}
    sent = {**body, "last_name": "Lovelace", **more}
    return Client().call(
        "accounts.register", "POST", "/v1/auth/register", sent, headers=headers, address=address
    )


def assert_too_many(answer: Answer, seconds: int) -> None:
    assert (answer.status, answer.body["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["retry-after"]) <= seconds


@pytest.mark.usefixtures("few")
def test_an_address_that_makes_too_many_accounts_in_an_hour_has_to_wait() -> None:
    assert [register("192.0.2.50").status for _ in range(4)] == [201] * 4
    assert_too_many(register("192.0.2.50"), 3600)
    assert register("192.0.2.51").status == 201


@pytest.mark.usefixtures("few")
def test_an_account_that_is_asked_for_again_and_again_from_one_address_is_refused_there() -> None:
    email = somebody()
    assert [register("192.0.2.52", email).status for _ in range(2)] == [201, 409]
    assert_too_many(register("192.0.2.52", email.upper()), 900)
    # Nobody is locked out: neither the same one elsewhere, nor another one there.
    assert register("192.0.2.53", email).status == 409
    assert register("192.0.2.52").status == 201


@pytest.mark.usefixtures("few")
def test_the_count_begins_anew_after_an_hour() -> None:
    before = set(guards())
    for _ in range(5):
        register("192.0.2.54")
    (guard,) = [key for key in guards().keys() - before if ":new-accounts:" in key]
    assert 3500 < float(guards()[guard]["until"]) - time.time() <= 3600
    change(settings().guards_table, {"guard": guard}, until=time.time() - 1)
    assert register("192.0.2.54").status == 201


@pytest.mark.usefixtures("few")
def test_a_repetition_answers_what_was_made_and_is_never_refused() -> None:
    email, key = somebody(), uuid4().hex
    made = register("192.0.2.55", email, key)
    again = [register("192.0.2.55", email, key) for _ in range(5)]
    assert {answer.body["id"] for answer in again} == {made.body["id"]}
    assert [register("192.0.2.55").status for _ in range(3)] == [201] * 3
    assert register("192.0.2.55").status == 429
    assert register("192.0.2.55", email, key).body == made.body


@pytest.mark.usefixtures("few")
def test_a_key_is_no_way_around_for_another_request() -> None:
    email, key = somebody(), uuid4().hex
    register("192.0.2.56", email, key)
    assert register("192.0.2.56", email, key, first_name="Eve").status == 422
    assert [register("192.0.2.56", key=key).status for _ in range(3)] == [201] * 3
    assert register("192.0.2.56", key=key).status == 429


@pytest.mark.usefixtures("few")
def test_what_is_not_well_formed_is_no_attempt() -> None:
    assert {register("192.0.2.57", password="short").status for _ in range(5)} == {422}
    assert register("192.0.2.57").status == 201


@pytest.mark.usefixtures("few")
def test_wrong_passwords_keep_nobody_from_registering_nor_the_other_way_round() -> None:
    email = somebody()
    for _ in range(11):
        login(email, "wrong horse", address="192.0.2.58")
    assert register("192.0.2.58", email).status == 201
    for _ in range(4):
        register("192.0.2.58")
    assert login(somebody(), address="192.0.2.58").status == 401


@pytest.mark.usefixtures("few")
def test_all_addresses_of_one_ipv6_network_count_as_one() -> None:
    made = [register(f"2001:db8:0:50::{n}").status for n in range(4)]
    assert made == [201] * 4
    assert register("2001:db8:0:50:ffff::1").status == 429
    assert register("2001:db8:0:51::1").status == 201


def test_on_a_laptop_everybody_comes_from_one_address(backend: dict[str, str]) -> None:
    email = somebody()
    statuses = [register("192.0.2.59", email).status for _ in range(12)]
    assert statuses == [201] + [409] * 11
    assert int(backend[ACCOUNT]) == int(backend[ADDRESS]) == 1_000_000
