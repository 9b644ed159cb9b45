"""Idempotency-Key on POST /v1/auth/register, and on login and refresh, which have no use for it."""

from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.once import BAD_KEYS, expect_in_progress, keyed, new_key
from tests.e2e.support.people import PASSWORD, log_in, registration, session_status
from tests.e2e.support.shapes import USER, assert_shape
from tests.e2e.support.waiting import at_once

REGISTER = "/v1/auth/register"
LOGIN = "/v1/auth/login"
REFRESH = "/v1/auth/refresh"
Json = dict[str, Any]


def register_once(http: httpx.Client, key: str | bytes, body: Json) -> httpx.Response:
    """Register under a key, whatever comes of it."""
    return http.post(REGISTER, json=body, **keyed(key))


def test_the_same_registration_gives_the_same_user(anonymous: httpx.Client, base_url: str) -> None:
    key, body = new_key(), registration(city="Bogotá")
    first, *replays = (register_once(anonymous, key, body) for _ in range(3))
    assert first.status_code == 201, describe(first)
    for replay in replays:
        assert replay.status_code == 201, describe(replay)
        assert_shape(replay.json(), USER)
        assert replay.json() == first.json()
    assert log_in(base_url, body["email"], PASSWORD).user["id"] == first.json()["id"]


def test_a_replay_says_nothing_of_the_password(anonymous: httpx.Client) -> None:
    key, body = new_key(), registration()
    for _ in range(2):
        said = register_once(anonymous, key, body).text
        assert not any(word in said for word in (PASSWORD, "argon", "hash"))


def test_without_the_key_or_under_another_the_email_is_taken(anonymous: httpx.Client) -> None:
    body = registration()
    assert register_once(anonymous, new_key(), body).status_code == 201
    expect_problem(anonymous.post(REGISTER, json=body), 409, "email_taken")
    expect_problem(register_once(anonymous, new_key(), body), 409, "email_taken")


def test_a_key_does_not_replay_what_was_registered_without_it(anonymous: httpx.Client) -> None:
    key, body = new_key(), registration()
    assert anonymous.post(REGISTER, json=body).status_code == 201
    for _ in range(2):
        expect_problem(register_once(anonymous, key, body), 409, "email_taken")


@pytest.mark.parametrize("password", ["another password", PASSWORD + "x", PASSWORD.upper()])
def test_another_password_is_refused_and_nothing_is_told(
    anonymous: httpx.Client, base_url: str, password: str
) -> None:
    key, body = new_key(), registration(last_name="Nobody-Knows", city="Nowhere")
    user = register_once(anonymous, key, body).json()
    refused = register_once(anonymous, key, body | {"password": password, "last_name": "x"})
    expect_problem(refused, 422)
    told = [user["id"], "Nobody-Knows", "Nowhere", user["created_at"], PASSWORD, password]
    assert not any(fact in refused.text for fact in told), refused.text
    assert log_in(base_url, body["email"], PASSWORD).user["id"] == user["id"]


def test_a_guess_of_the_password_is_told_apart_from_no_other_field(
    anonymous: httpx.Client,
) -> None:
    key, body = new_key(), registration()
    register_once(anonymous, key, body)
    wrong = [body | {"password": "another password"}, body | {"first_name": "Eve"}]
    said = [expect_problem(register_once(anonymous, key, other), 422) for other in wrong]
    assert {**said[0], "request_id": ""} == {**said[1], "request_id": ""}


def test_an_email_written_otherwise_makes_no_second_account(anonymous: httpx.Client) -> None:
    key, body = new_key(), registration()
    user = register_once(anonymous, key, body).json()
    answer = register_once(anonymous, key, body | {"email": body["email"].upper()})
    assert answer.status_code in {201, 409, 422}, describe(answer)
    if answer.status_code == 201:
        assert answer.json()["id"] == user["id"]


def test_people_who_use_the_same_key_do_not_hinder_each_other(anonymous: httpx.Client) -> None:
    key, bodies = new_key(), [registration() for _ in range(2)]
    users = [register_once(anonymous, key, body).json() for body in bodies]
    assert [user.get("email") for user in users] == [body["email"] for body in bodies]
    replays = [register_once(anonymous, key, body).json() for body in bodies]
    assert replays == users


def test_of_twenty_registrations_at_once_one_makes_the_account(anonymous: httpx.Client) -> None:
    key, body = new_key(), registration()
    answers = at_once([lambda: register_once(anonymous, key, body)] * 20)
    for answer in answers:
        if answer.status_code != 201:
            expect_in_progress(answer)
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert register_once(anonymous, key, body).json()["id"] in made


def test_of_different_registrations_at_once_one_makes_the_account(
    anonymous: httpx.Client,
) -> None:
    key, body = new_key(), registration()
    bodies = [body | {"first_name": f"Ada {number}"} for number in range(6)]
    answers = at_once([partial(register_once, anonymous, key, one) for one in bodies])
    got = [answer.status_code for answer in answers]
    assert got.count(201) == 1
    assert set(got) <= {201, 409, 422}


def test_a_registration_that_was_refused_spends_no_key(anonymous: httpx.Client) -> None:
    key, body = new_key(), registration()
    refused = register_once(anonymous, key, body | {"password": "short"})
    expect_invalid(refused, "/password")
    taken = registration()
    anonymous.post(REGISTER, json=taken)
    expect_problem(register_once(anonymous, key, taken), 409, "email_taken")
    assert register_once(anonymous, key, body).status_code == 201


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_no_key_registers_nobody(anonymous: httpx.Client, key: str | bytes) -> None:
    body = registration()
    expect_problem(register_once(anonymous, key, body), {400, 422})
    assert anonymous.post(REGISTER, json=body).status_code == 201


def test_a_registration_is_replayed_after_the_password_changed(
    anonymous: httpx.Client, base_url: str
) -> None:
    key, body = new_key(), registration()
    user = register_once(anonymous, key, body).json()
    change = {"current_password": PASSWORD, "new_password": "a password newly forged"}
    person = log_in(base_url, body["email"], PASSWORD)
    assert person.http.post("/v1/auth/password", json=change).status_code == 204
    replay = register_once(anonymous, key, body)
    assert (replay.status_code, replay.json()["id"]) == (201, user["id"])
    log_in(base_url, body["email"], "a password newly forged")


@pytest.fixture
def credentials(anonymous: httpx.Client) -> Json:
    """The e-mail and password of an account of one's own."""
    body = registration()
    assert anonymous.post(REGISTER, json=body).status_code == 201
    return {"email": body["email"], "password": body["password"]}


def test_login_begins_a_new_session_under_the_same_key(
    anonymous: httpx.Client, credentials: Json, base_url: str
) -> None:
    key = new_key()
    first, second = (anonymous.post(LOGIN, json=credentials, **keyed(key)) for _ in range(2))
    tokens = [answer.json()["access_token"] for answer in (first, second)]
    assert tokens[0] != tokens[1]
    assert [session_status(base_url, token) for token in tokens] == [200, 200]
    assert first.json()["refresh_token"] != second.json()["refresh_token"]


def test_login_compares_no_bodies_under_the_same_key(
    anonymous: httpx.Client, credentials: Json
) -> None:
    key, wrong = new_key(), credentials | {"password": "another password"}
    assert anonymous.post(LOGIN, json=credentials, **keyed(key)).status_code == 200
    expect_problem(anonymous.post(LOGIN, json=wrong, **keyed(key)), 401, "bad_credentials")
    assert anonymous.post(LOGIN, json=credentials, **keyed(key)).status_code == 200


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_login_does_not_mind_what_is_no_key(
    anonymous: httpx.Client, credentials: Json, key: str | bytes
) -> None:
    assert anonymous.post(LOGIN, json=credentials, **keyed(key)).status_code == 200


def test_a_spent_refresh_token_is_not_replayed(anonymous: httpx.Client, credentials: Json) -> None:
    key = new_key()
    body = {"refresh_token": anonymous.post(LOGIN, json=credentials).json()["refresh_token"]}
    assert anonymous.post(REFRESH, json=body, **keyed(key)).status_code == 200
    expect_problem(anonymous.post(REFRESH, json=body, **keyed(key)), 401, "token_reused")
