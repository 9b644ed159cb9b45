"""POST /v1/auth/login, and how often it may fail."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import client, escaped_json, other_address, raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import PASSWORD, Person, again, log_in, new_email
from tests.e2e.support.shapes import TOKENS, USER, assert_shape
from tests.e2e.support.stack import SUPERADMIN_EMAIL
from tests.e2e.support.waiting import at_once

PATH = "/v1/auth/login"
WRONG = "not the password"


def guess(http: httpx.Client, email: str, password: str = WRONG) -> httpx.Response:
    """Try a password."""
    return http.post(PATH, json={"email": email, "password": password})


@pytest.fixture
def stranger(base_url: str) -> httpx.Client:
    """Somebody at an address that has not been seen before."""
    return client(base_url, address=other_address())


def test_a_login_gives_tokens_and_the_user(ana: Person) -> None:
    assert_shape(ana.tokens, TOKENS)
    assert_shape(ana.tokens["user"], USER)
    assert ana.tokens["user"]["email"] == ana.email
    assert ana.tokens["expires_in"] == 15 * 60
    assert ana.tokens["refresh_expires_in"] == 30 * 24 * 3600


def test_each_login_is_a_session_of_its_own(ana: Person, base_url: str) -> None:
    other = again(base_url, ana)
    ids = [person.http.get("/v1/auth/session").json()["session_id"] for person in (ana, other)]
    assert len(set(ids)) == 2
    assert other.tokens["refresh_token"] != ana.tokens["refresh_token"]


def test_the_account_of_the_start_up_is_superadmin(superadmin: Person) -> None:
    assert superadmin.user["role"] == "superadmin"
    assert superadmin.user["email"].lower() == SUPERADMIN_EMAIL.lower()


def test_an_unknown_email_and_a_wrong_password_are_answered_alike(
    anonymous: httpx.Client, newcomer: Person
) -> None:
    wrong, unknown = guess(anonymous, newcomer.email), guess(anonymous, new_email())
    bodies = [expect_problem(answer, 401, "bad_credentials") for answer in (wrong, unknown)]
    assert {**bodies[0], "request_id": ""} == {**bodies[1], "request_id": ""}
    assert wrong.headers.keys() == unknown.headers.keys()


def test_an_unknown_email_takes_as_long_as_a_wrong_password(
    anonymous: httpx.Client, newcomer: Person
) -> None:
    def fastest(email: Callable[[], str]) -> float:
        """The best of some tries: noise only ever adds."""
        times = []
        for _ in range(4):
            begin = time.perf_counter()
            guess(anonymous, email())
            times.append(time.perf_counter() - begin)
        return min(times)

    known, unknown = fastest(lambda: newcomer.email), fastest(new_email)
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize(
    "password", [PASSWORD.upper(), f" {PASSWORD}", f"{PASSWORD} ", PASSWORD[:-1], ""]
)
def test_a_password_is_compared_exactly(
    anonymous: httpx.Client, ana: Person, password: str
) -> None:
    expect_problem(guess(anonymous, ana.email, password), {401, 422})


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("value", [None, 7, True, [], {}], ids=repr)
def test_credentials_of_another_type_are_refused(
    anonymous: httpx.Client, field: str, value: Any
) -> None:
    body = {"email": new_email(), "password": WRONG, field: value}
    expect_invalid(anonymous.post(PATH, json=body), f"/{field}")


@pytest.mark.parametrize("field", ["email", "password"])
def test_missing_credentials_are_named(anonymous: httpx.Client, field: str) -> None:
    body = {"email": new_email(), "password": WRONG}
    del body[field]
    expect_invalid(anonymous.post(PATH, json=body), f"/{field}")


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("text", ["a\x00b@example.com", "\ud800@example.com", "x" * 100_000])
def test_strange_credentials_open_nothing(anonymous: httpx.Client, field: str, text: str) -> None:
    body = {"email": new_email(), "password": WRONG, field: text}
    expect_problem(anonymous.post(PATH, **escaped_json(body)), {400, 401, 413, 422})


def test_the_media_type_is_compared_without_case(anonymous: httpx.Client, ana: Person) -> None:
    body = f'{{"email": "{ana.email}", "password": "{ana.password}"}}'
    answer = anonymous.post(PATH, **raw_json(body, "Application/JSON; charset=UTF-8"))
    assert answer.status_code == 200


def test_after_10_failures_even_the_right_password_has_to_wait(
    stranger: httpx.Client, newcomer: Person
) -> None:
    statuses = [guess(stranger, newcomer.email).status_code for _ in range(10)]
    assert statuses == [401] * 10
    for password in (WRONG, newcomer.password):
        refused = guess(stranger, newcomer.email, password)
        expect_problem(refused, 429)
        assert 1 <= int(refused.headers["retry-after"]) <= 15 * 60


def test_failures_lock_out_neither_others_nor_the_owner_elsewhere(
    stranger: httpx.Client, newcomer: Person, ana: Person, base_url: str
) -> None:
    at_once([lambda: guess(stranger, newcomer.email)] * 12)
    assert guess(stranger, newcomer.email).status_code == 429
    assert guess(stranger, ana.email, ana.password).status_code == 200
    elsewhere = log_in(base_url, newcomer.email, newcomer.password, other_address())
    assert elsewhere.user["id"] == newcomer.user["id"]
    assert newcomer.http.get("/v1/auth/session").status_code == 200


def test_an_unknown_email_is_locked_out_like_a_known_one(stranger: httpx.Client) -> None:
    email = new_email()
    assert [guess(stranger, email).status_code for _ in range(11)] == [401] * 10 + [429]


def test_the_case_of_an_email_gives_no_further_guesses(
    stranger: httpx.Client, newcomer: Person
) -> None:
    emails = [newcomer.email, newcomer.email.upper()] * 5
    assert [guess(stranger, email).status_code for email in emails] == [401] * 10
    assert guess(stranger, newcomer.email.title()).status_code == 429


def test_guesses_at_once_are_counted_each(stranger: httpx.Client, newcomer: Person) -> None:
    answers = at_once([lambda: guess(stranger, newcomer.email)] * 20)
    assert sum(answer.status_code == 401 for answer in answers) <= 10


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded"])
def test_an_address_of_ones_own_choice_gives_no_further_guesses(
    stranger: httpx.Client, newcomer: Person, header: str
) -> None:
    body = {"email": newcomer.email, "password": WRONG}
    answers = [
        stranger.post(PATH, json=body, headers={header: f"10.0.0.{number}"}) for number in range(11)
    ]
    assert answers[-1].status_code == 429
