"""Sessions: GET /v1/auth/session, POST /v1/auth/refresh, POST /v1/auth/logout."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import client, raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person, again, refresh, session_status
from tests.e2e.support.shapes import SESSION, TOKENS, USER, assert_shape, seconds_from_now
from tests.e2e.support.waiting import at_once

LOGOUT = "/v1/auth/logout"


@pytest.fixture
def session(ana: Person, base_url: str) -> Person:
    """A session of one's own, of an account that others use as well."""
    return again(base_url, ana)


def test_a_session_says_whose_it_is(ana: Person) -> None:
    session = ana.http.get("/v1/auth/session").json()
    assert_shape(session, SESSION)
    assert session["user_id"] == ana.user["id"]
    assert session.items() >= {"email": ana.email, "role": "user", "plan": "basic"}.items()
    assert 0 < seconds_from_now(session["expires_at"]) <= 30 * 24 * 3600


def test_a_refresh_gives_new_tokens_for_the_same_session(session: Person, base_url: str) -> None:
    answer = refresh(base_url, session.tokens["refresh_token"])
    assert answer.status_code == 200
    assert_shape(answer.json(), TOKENS)
    assert_shape(answer.json()["user"], USER)
    assert answer.json()["refresh_token"] != session.tokens["refresh_token"]
    renewed = client(base_url, answer.json()["access_token"]).get("/v1/auth/session").json()
    assert renewed["session_id"] == session.http.get("/v1/auth/session").json()["session_id"]


def test_a_session_goes_on_over_many_refreshes(session: Person, base_url: str) -> None:
    tokens = session.tokens
    for _ in range(5):
        tokens = refresh(base_url, tokens["refresh_token"]).json()
        assert session_status(base_url, tokens["access_token"]) == 200


@pytest.mark.parametrize("generations", [1, 3])
def test_a_spent_refresh_token_ends_the_whole_session(
    session: Person, base_url: str, generations: int
) -> None:
    tokens = session.tokens
    for _ in range(generations):
        tokens = refresh(base_url, tokens["refresh_token"]).json()
    reused = refresh(base_url, session.tokens["refresh_token"])
    expect_problem(reused, 401, "token_reused")
    expect_problem(refresh(base_url, tokens["refresh_token"]), 401)
    assert session_status(base_url, tokens["access_token"]) == 401
    assert session_status(base_url, session.tokens["access_token"]) == 401


def test_reuse_in_one_session_leaves_the_others(newcomer: Person, base_url: str) -> None:
    other = again(base_url, newcomer)
    for _ in range(2):
        refresh(base_url, newcomer.tokens["refresh_token"])
    assert newcomer.http.get("/v1/auth/session").status_code == 401
    assert other.http.get("/v1/auth/session").status_code == 200


def test_a_refresh_token_spent_many_times_at_once_is_worth_one_at_most(
    session: Person, base_url: str
) -> None:
    token = session.tokens["refresh_token"]
    answers = at_once([lambda: refresh(base_url, token)] * 8)
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) <= 1
    assert {answer.status_code for answer in answers} <= {200, 401}
    assert all(session_status(base_url, tokens["access_token"]) == 401 for tokens in won)


def test_an_access_token_refreshes_nothing(session: Person, base_url: str) -> None:
    expect_problem(refresh(base_url, session.tokens["access_token"]), {401, 422})
    assert session.http.get("/v1/auth/session").status_code == 200


@pytest.mark.parametrize("end", [0, 10, -1], ids=["first", "middle", "last"])
def test_a_tampered_refresh_token_ends_no_session(session: Person, base_url: str, end: int) -> None:
    token = list(session.tokens["refresh_token"])
    token[end] = "A" if token[end] != "A" else "Q"
    expect_problem(refresh(base_url, "".join(token)), 401)
    assert refresh(base_url, session.tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "\x00", "ñ", "x" * 100_000, "'; --"])
def test_what_is_no_refresh_token_is_refused(base_url: str, token: str) -> None:
    expect_problem(refresh(base_url, token), {401, 413, 422})


@pytest.mark.parametrize("value", [None, 7, True, [], {}], ids=repr)
def test_a_refresh_token_of_another_type_is_refused(anonymous: httpx.Client, value: Any) -> None:
    answer = anonymous.post("/v1/auth/refresh", json={"refresh_token": value})
    expect_invalid(answer, "/refresh_token")


@pytest.mark.parametrize(
    "body",
    [{}, {"json": {}}, {"json": {"everywhere": False}}, raw_json(b"")],
    ids=["no body", "empty object", "not everywhere", "empty body"],
)
def test_logout_ends_this_session_at_once_and_no_other(
    newcomer: Person, base_url: str, body: dict[str, Any]
) -> None:
    other = again(base_url, newcomer)
    assert newcomer.http.post(LOGOUT, **body).status_code == 204
    expect_problem(newcomer.http.get("/v1/auth/session"), 401)
    expect_problem(refresh(base_url, newcomer.tokens["refresh_token"]), 401)
    assert other.http.get("/v1/auth/session").status_code == 200


def test_logout_everywhere_ends_every_session(newcomer: Person, base_url: str) -> None:
    people = [newcomer, again(base_url, newcomer), again(base_url, newcomer)]
    assert people[1].http.post(LOGOUT, json={"everywhere": True}).status_code == 204
    for person in people:
        expect_problem(person.http.get("/v1/auth/session"), 401)
        expect_problem(refresh(base_url, person.tokens["refresh_token"]), 401)


def test_one_can_log_in_again_after_logging_out_everywhere(newcomer: Person, base_url: str) -> None:
    newcomer.http.post(LOGOUT, json={"everywhere": True})
    assert again(base_url, newcomer).http.get("/v1/auth/session").status_code == 200


def test_a_renewed_session_ends_by_logout_with_an_earlier_token(
    session: Person, base_url: str
) -> None:
    renewed = refresh(base_url, session.tokens["refresh_token"]).json()
    client(base_url, renewed["access_token"]).post(LOGOUT)
    assert session_status(base_url, session.tokens["access_token"]) == 401
    assert session_status(base_url, renewed["access_token"]) == 401


def test_logging_out_twice_is_a_401(session: Person) -> None:
    session.http.post(LOGOUT)
    expect_problem(session.http.post(LOGOUT), 401)


@pytest.mark.parametrize(
    "body", ["{", "[]", "[{}]", '"x"', "7", "-0.0", "true", "false", "[" * 9999]
)
def test_a_logout_that_is_no_object_is_refused(session: Person, body: str) -> None:
    expect_problem(session.http.post(LOGOUT, **raw_json(body)), {400, 422})
    assert session.http.get("/v1/auth/session").status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_logout_of_another_media_type_is_a_415(session: Person, kind: str) -> None:
    expect_problem(session.http.post(LOGOUT, **raw_json("everywhere=true", kind)), 415)
    assert session.http.get("/v1/auth/session").status_code == 200


def test_a_logout_with_an_unknown_field_is_refused(session: Person) -> None:
    expect_invalid(session.http.post(LOGOUT, json={"everwhere": True}), "/everwhere")
    assert session.http.get("/v1/auth/session").status_code == 200


@pytest.mark.parametrize("value", ["yes", "true", 2, 1.5, [], {}], ids=repr)
def test_everywhere_is_true_or_false(session: Person, value: Any) -> None:
    expect_invalid(session.http.post(LOGOUT, json={"everywhere": value}), "/everywhere")
    assert session.http.get("/v1/auth/session").status_code == 200
