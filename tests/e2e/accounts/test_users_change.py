"""PATCH /v1/users/{id}: what a superadmin changes counts from the user's very next request."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import client
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import PASSWORD, Person, again, log_in, refresh, register
from tests.e2e.support.shapes import USER, assert_shape
from tests.e2e.support.users import (
    USERS,
    ask_for_user,
    change,
    changed,
    enlist,
    found,
    log_in_status,
    look,
    path_of,
    removed,
    role_now,
    session,
)

CHANGES: list[tuple[str, Any]] = [
    ("role", "admin"), ("plan", "enterprise"), ("active", False),
    ("first_name", "José 李 \U0001f525"), ("last_name", "\u0645\u062f"), ("city", "Medellín"),
    ("country", "Colombia"),
]  # fmt: skip


@pytest.fixture(scope="module")
def clay(base_url: str) -> Person:
    """Somebody who is changed again and again."""
    return register(base_url, city="Cali", country="CO")


@pytest.mark.parametrize(("field", "value"), CHANGES)
def test_a_field_changes_alone_and_stays(
    superadmin: Person, admin: Person, clay: Person, field: str, value: Any
) -> None:
    before = look(admin, clay.user)
    after = changed(superadmin, clay.user, **{field: value})
    assert_shape(after, USER)
    assert after == before | {field: value} == look(admin, clay.user)
    assert changed(superadmin, clay.user, **{field: before[field]}) == before


def test_all_fields_change_together(superadmin: Person, admin: Person, newcomer: Person) -> None:
    after = changed(superadmin, newcomer.user, **dict(CHANGES))
    assert after == newcomer.user | dict(CHANGES) == look(admin, newcomer.user)


@pytest.mark.parametrize("field", ["city", "country"])
def test_a_place_can_be_taken_back(superadmin: Person, clay: Person, field: str) -> None:
    changed(superadmin, clay.user, **{field: "Cali"})
    assert changed(superadmin, clay.user, **{field: None})[field] is None
    assert look(superadmin, clay.user)[field] is None


def test_a_change_to_what_is_there_already_is_fine(superadmin: Person, clay: Person) -> None:
    before = look(superadmin, clay.user)
    same = {field: before[field] for field, _ in CHANGES}
    assert changed(superadmin, clay.user, **same) == before
    assert session(clay).items() >= {"role": before["role"], "plan": before["plan"]}.items()


def test_an_empty_change_changes_nothing(superadmin: Person, ana: Person) -> None:
    assert change(superadmin, ana.user).status_code in {200, 422}
    assert look(superadmin, ana.user) == ana.user == ana.http.get(f"{USERS}/me").json()


def test_a_user_sees_the_change_in_his_own_profile(superadmin: Person, newcomer: Person) -> None:
    after = changed(superadmin, newcomer.user, first_name="New", role="admin", plan="premium")
    assert newcomer.http.get(f"{USERS}/me").json() == after
    removed(superadmin, newcomer.user)


def test_a_change_goes_on_with_the_same_session(
    superadmin: Person, newcomer: Person, base_url: str
) -> None:
    before = session(newcomer)
    changed(superadmin, newcomer.user, role="admin", plan="premium")
    assert session(newcomer) == before | {"role": "admin", "plan": "premium"}
    tokens = refresh(base_url, newcomer.tokens["refresh_token"]).json()
    assert tokens["user"].items() >= {"role": "admin", "plan": "premium"}.items()
    now = client(base_url, tokens["access_token"]).get("/v1/auth/session").json()
    assert now.items() >= {"role": "admin", "session_id": before["session_id"]}.items()
    removed(superadmin, newcomer.user)


def test_who_is_promoted_may_more_at_once(superadmin: Person, newcomer: Person) -> None:
    expect_problem(newcomer.http.get(USERS), 403, "forbidden")
    changed(superadmin, newcomer.user, role="admin")
    assert look(newcomer, superadmin.user) == superadmin.user
    expect_problem(ask_for_user(newcomer), 403, "forbidden")
    changed(superadmin, newcomer.user, role="superadmin")
    assert ask_for_user(newcomer).status_code == 201
    changed(superadmin, newcomer.user, role="user")
    expect_problem(newcomer.http.get(USERS), 403, "forbidden")


def test_who_is_demoted_may_less_at_once_in_every_session(
    superadmin: Person, base_url: str
) -> None:
    here = enlist(base_url, superadmin, role="admin")
    sessions = [here, again(base_url, here)]
    assert [len(found(each, limit=1)) for each in sessions] == [1, 1]
    changed(superadmin, here.user, role="user")
    for each in sessions:
        expect_problem(each.http.get(USERS), 403, "forbidden")
        expect_problem(each.http.get(path_of(here.user)), 403, "forbidden")
        assert role_now(each) == "user"
    assert again(base_url, here).user["role"] == "user"


@pytest.mark.parametrize("role", ["admin", "user"])
def test_a_demoted_superadmin_takes_nothing_back(
    superadmin: Person, base_url: str, role: str
) -> None:
    other = enlist(base_url, superadmin, role="superadmin")
    changed(superadmin, other.user, role=role)
    for user in (other.user, superadmin.user):
        expect_problem(change(other, user, role="superadmin"), 403, "forbidden")
        expect_problem(other.http.delete(path_of(user)), 403, "forbidden")
    expect_problem(ask_for_user(other, role="superadmin"), 403, "forbidden")
    assert look(superadmin, other.user)["role"] == role
    removed(superadmin, other.user)


def test_a_superadmin_among_others_may_step_down(superadmin: Person, base_url: str) -> None:
    other = enlist(base_url, superadmin, role="superadmin")
    assert changed(other, other.user, role="admin")["role"] == "admin"
    assert look(other, other.user)["role"] == "admin"
    expect_problem(change(other, other.user, role="superadmin"), 403, "forbidden")
    removed(superadmin, other.user)


def test_who_is_deactivated_is_out_at_once_in_every_session(
    superadmin: Person, base_url: str
) -> None:
    here = enlist(base_url, superadmin, role="admin")
    sessions = [here, again(base_url, here)]
    assert [role_now(each) for each in sessions] == ["admin", "admin"]
    changed(superadmin, here.user, active=False)
    for each in sessions:
        for path in ("/v1/auth/session", f"{USERS}/me", USERS, "/v1/uploads", "/v1/files"):
            answer = each.http.get(path)
            expect_problem(answer, 401)
            assert answer.headers["www-authenticate"].lower().startswith("bearer")
        expect_problem(refresh(base_url, each.tokens["refresh_token"]), 401)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/uploads", {"files": [{"file_name": "a", "size": 1}]}),
        ("POST", "/v1/buckets", {"name": "nobodys-bucket"}),
        ("PATCH", f"{USERS}/me", {"first_name": "Back"}),
        ("POST", "/v1/auth/password", {"current_password": PASSWORD, "new_password": "p" * 10}),
        ("POST", "/v1/plans", {"surprise": 1}),
    ],
)
def test_who_is_deactivated_does_nothing_any_more(
    superadmin: Person, idle: Person, method: str, path: str, body: Any
) -> None:
    expect_problem(idle.http.request(method, path, json=body), 401)
    assert look(superadmin, idle.user) == idle.user | {"active": False}


@pytest.fixture(scope="module")
def idle(base_url: str, superadmin: Person) -> Person:
    """Somebody who was deactivated while logged in."""
    person = enlist(base_url, superadmin)
    changed(superadmin, person.user, active=False)
    return person


def test_who_is_deactivated_does_not_log_in(idle: Person, anonymous: httpx.Client) -> None:
    for _ in range(2):
        answer = anonymous.post(
            "/v1/auth/login", json={"email": idle.email, "password": idle.password}
        )
        expect_problem(answer, 401)


def test_a_deactivated_account_is_told_to_nobody_without_its_password(
    idle: Person, anonymous: httpx.Client, bob: Person
) -> None:
    told = []
    for email in (idle.email, bob.email):
        body = {"email": email, "password": "not the password"}
        answer = anonymous.post("/v1/auth/login", json=body)
        told.append(expect_problem(answer, 401, "bad_credentials") | {"request_id": ""})
    assert told[0] == told[1]


def test_who_is_active_again_works_again(
    superadmin: Person, newcomer: Person, anonymous: httpx.Client, base_url: str
) -> None:
    changed(superadmin, newcomer.user, active=False)
    assert log_in_status(anonymous, newcomer.email) == 401
    assert changed(superadmin, newcomer.user, active=True) == newcomer.user
    back = log_in(base_url, newcomer.email, newcomer.password)
    assert back.http.get(f"{USERS}/me").json() == newcomer.user
    answer = back.http.post("/v1/uploads", json={"files": [{"file_name": "a", "size": 1}]})
    assert answer.status_code == 201, describe(answer)
    assert refresh(base_url, back.tokens["refresh_token"]).status_code == 200


def test_who_was_changed_while_away_comes_back_as_he_is_now(
    superadmin: Person, newcomer: Person, base_url: str
) -> None:
    changed(superadmin, newcomer.user, active=False)
    changed(superadmin, newcomer.user, role="admin", plan="premium")
    expect_problem(newcomer.http.get("/v1/auth/session"), 401)
    changed(superadmin, newcomer.user, active=True)
    back = again(base_url, newcomer)
    assert session(back).items() >= {"role": "admin", "plan": "premium"}.items()
    assert look(back, superadmin.user) == superadmin.user
    removed(superadmin, newcomer.user)
