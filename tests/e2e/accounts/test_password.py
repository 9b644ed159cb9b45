"""POST /v1/auth/password."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person, again, refresh

PATH = "/v1/auth/password"
NEW = "a rather new password"


def change(person: Person, current: Any, new: Any, **more: Any) -> httpx.Response:
    """Ask for another password."""
    body = {"current_password": current, "new_password": new} | more
    return person.http.post(PATH, json=body)


def log_in_status(http: httpx.Client, person: Person, password: str) -> int:
    """What a login of this person with that password is answered."""
    body = {"email": person.email, "password": password}
    return http.post("/v1/auth/login", json=body).status_code


def test_the_new_password_replaces_the_old_one(anonymous: httpx.Client, newcomer: Person) -> None:
    assert change(newcomer, newcomer.password, NEW).status_code == 204
    assert log_in_status(anonymous, newcomer, NEW) == 200
    assert log_in_status(anonymous, newcomer, newcomer.password) == 401


def test_a_new_password_ends_every_other_session(newcomer: Person, base_url: str) -> None:
    others = [again(base_url, newcomer) for _ in range(2)]
    change(newcomer, newcomer.password, NEW)
    for other in others:
        expect_problem(other.http.get("/v1/auth/session"), 401)
        expect_problem(refresh(base_url, other.tokens["refresh_token"]), 401)


def test_the_session_that_changes_the_password_goes_on(newcomer: Person, base_url: str) -> None:
    change(newcomer, newcomer.password, NEW)
    assert newcomer.http.get("/v1/auth/session").status_code == 200
    assert refresh(base_url, newcomer.tokens["refresh_token"]).status_code == 200


def test_a_wrong_current_password_changes_nothing(
    anonymous: httpx.Client, newcomer: Person, base_url: str
) -> None:
    other = again(base_url, newcomer)
    expect_problem(change(newcomer, "not this one", NEW), 403, "bad_credentials")
    assert other.http.get("/v1/auth/session").status_code == 200
    assert log_in_status(anonymous, newcomer, newcomer.password) == 200
    assert log_in_status(anonymous, newcomer, NEW) == 401


@pytest.mark.parametrize("new", ["", "9 letters", "p" * 129, None, 7, True, [], {}], ids=repr)
def test_a_bad_new_password_is_refused(ana: Person, new: Any) -> None:
    expect_invalid(change(ana, ana.password, new), "/new_password")


@pytest.mark.parametrize("new", ["p" * 10, "\U0001f525" * 128], ids=["10", "128 emoji"])
def test_the_bounds_are_those_of_registration(
    anonymous: httpx.Client, newcomer: Person, new: str
) -> None:
    assert change(newcomer, newcomer.password, new).status_code == 204
    assert log_in_status(anonymous, newcomer, new) == 200


def test_the_form_is_judged_before_the_password(ana: Person) -> None:
    expect_invalid(change(ana, "not this one", "short"), "/new_password")
    expect_invalid(change(ana, "not this one", NEW, surprise=1), "/surprise")


@pytest.mark.parametrize("value", [None, 7, True, [], {}], ids=repr)
def test_a_current_password_of_another_type_is_refused(ana: Person, value: Any) -> None:
    expect_invalid(change(ana, value, NEW), "/current_password")


@pytest.mark.parametrize("field", ["current_password", "new_password"])
def test_both_passwords_are_needed(ana: Person, field: str) -> None:
    body = {"current_password": ana.password, "new_password": NEW}
    del body[field]
    expect_invalid(ana.http.post(PATH, json=body), f"/{field}")
