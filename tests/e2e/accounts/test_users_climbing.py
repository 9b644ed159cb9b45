"""Roles that one would give oneself: there is no way up but by a superadmin."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import client, raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.forgery import decode, encode
from tests.e2e.support.once import new_key, post_once
from tests.e2e.support.people import Person, registration
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.users import (
    USERS,
    change,
    found,
    log_in_status,
    look,
    path_of,
    remove,
    role_now,
    user_body,
)

ME = f"{USERS}/me"
OVERRIDES = ["x-http-method-override", "x-method-override", "x-http-method"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "superadmin"), ("role", "admin"), ("plan", "enterprise"), ("active", True)]
    + [("roles", ["superadmin"]), ("is_superadmin", True), ("user", {"role": "superadmin"})],
    ids=ascii,
)
def test_ones_own_profile_has_no_role_and_no_plan(commoner: Person, field: str, value: Any) -> None:
    expect_invalid(commoner.http.patch(ME, json={field: value}), f"/{field}")
    expect_invalid(commoner.http.patch(ME, json={"city": "Cali", field: value}), f"/{field}")
    answer = commoner.http.patch(ME, params={field: str(value)}, json={})
    assert answer.status_code in {200, 422}


def test_a_role_hidden_behind_a_field_said_twice_is_seen(commoner: Person) -> None:
    twice = '{"role": "superadmin", "first_name": "Eve", "first_name": "Eve"}'
    expect_invalid(commoner.http.patch(ME, **raw_json(twice)), "/role")
    escaped = '{"rol\\u0065": "superadmin"}'
    expect_invalid(commoner.http.patch(ME, **raw_json(escaped)), "/role")


@pytest.mark.parametrize(
    "changes",
    [{"role": "superadmin"}, {"plan": "enterprise"}, {"city": "Cali"}, {}, {"surprise": 1}],
    ids=ascii,
)
def test_nobody_changes_himself_by_his_id(commoner: Person, changes: dict[str, Any]) -> None:
    expect_problem(change(commoner, commoner.user, **changes), 403, "forbidden")


def test_nobody_deletes_himself(commoner: Person) -> None:
    expect_problem(remove(commoner, commoner.user), 403, "forbidden")


@pytest.mark.parametrize(
    "changes", [{"role": "admin"}, {"role": "user"}, {"active": False}, {}], ids=ascii
)
def test_nobody_changes_somebody_else(
    commoner: Person, superadmin: Person, bob: Person, changes: dict[str, Any]
) -> None:
    for victim in (bob, superadmin):
        expect_problem(change(commoner, victim.user, **changes), 403, "forbidden")
        assert look(superadmin, victim.user) == victim.user


@pytest.mark.parametrize("role", ["user", "admin", "superadmin"])
def test_nobody_makes_an_account_that_is_more(
    commoner: Person, superadmin: Person, role: str
) -> None:
    bodies = [user_body(role=role) for _ in range(2)]
    expect_problem(commoner.http.post(USERS, json=bodies[0]), 403, "forbidden")
    expect_problem(post_once(commoner, new_key(), bodies[1], USERS), 403, "forbidden")
    for body in bodies:
        assert found(superadmin, email=body["email"]) == []


@pytest.mark.parametrize("role", ["user", "superadmin"])
def test_nobody_registers_with_a_role(commoner: Person, anonymous: httpx.Client, role: str) -> None:
    for http in (anonymous, commoner.http):
        body = registration(role=role)
        expect_invalid(http.post("/v1/auth/register", json=body), "/role")
        assert log_in_status(anonymous, body["email"]) == 401


def test_nobody_logs_in_or_refreshes_with_a_role(commoner: Person, anonymous: httpx.Client) -> None:
    body = {"email": commoner.email, "password": commoner.password, "role": "superadmin"}
    expect_invalid(anonymous.post("/v1/auth/login", json=body), "/role")
    body = {"refresh_token": commoner.tokens["refresh_token"], "role": "superadmin"}
    expect_invalid(anonymous.post("/v1/auth/refresh", json=body), "/role")


def test_a_role_written_into_the_token_is_none(commoner: Person, base_url: str) -> None:
    header, claims, signature = commoner.tokens["access_token"].split(".")
    said = decode(claims)
    for more in ({"role": "superadmin"}, {"roles": ["superadmin"]}, {"sub": ABSENT}):
        forged = f"{header}.{encode(said | more)}.{signature}"
        expect_problem(client(base_url, forged).post(USERS, json=user_body()), 401)


@pytest.mark.parametrize("name", OVERRIDES)
def test_a_header_makes_no_other_method_of_a_request(commoner: Person, name: str) -> None:
    role = {"role": "superadmin"}
    for method in ("PATCH", "PUT", "DELETE"):
        answer = commoner.http.get(ME, headers={name: method})
        assert (answer.status_code, answer.json()) == (200, commoner.user)
        expect_problem(commoner.http.post(USERS, json=role, headers={name: method}), 403)


@pytest.mark.parametrize("name", ["x-role", "x-user-role", "x-user-id", "x-forwarded-user"])
def test_a_header_makes_nobody_more(commoner: Person, superadmin: Person, name: str) -> None:
    headers = {name: superadmin.user["id"] if "id" in name else "superadmin"}
    answer = commoner.http.post(USERS, json=user_body(), headers=headers)
    expect_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("id_", ["me/", "./me", "ME", "%6De", "me%2F..%2F{id}", "{id}/"])
def test_a_path_written_otherwise_opens_nothing(
    commoner: Person, superadmin: Person, base_url: str, id_: str
) -> None:
    # What no route has is answered by the gateway, outside the problem format.
    http = client(base_url, commoner.tokens["access_token"], checked=False)
    path = f"{USERS}/{id_.format(id=superadmin.user['id'])}"
    answer = http.patch(path, json={"role": "superadmin"})
    assert answer.status_code in {307, 308, 403, 404, 405, 422}
    assert look(superadmin, superadmin.user) == superadmin.user


def test_who_may_not_is_not_told_whom_there_is(commoner: Person, bob: Person) -> None:
    told = []
    for path in (path_of(bob.user), f"{USERS}/{ABSENT}", f"{USERS}/x", path_of(commoner.user)):
        for method in ("PATCH", "DELETE"):
            answer = commoner.http.request(method, path, json={"role": "admin"})
            told.append(expect_problem(answer, 403, "forbidden") | {"request_id": ""})
    assert all(each == told[0] for each in told)


def test_nobody_climbed_by_any_of_this(commoner: Person, superadmin: Person) -> None:
    assert look(superadmin, commoner.user) == commoner.user == commoner.http.get(ME).json()
    assert role_now(commoner) == commoner.user["role"]


def test_ones_own_profile_is_ones_own(commoner: Person, admin: Person) -> None:
    before = commoner.http.get(ME).json()
    assert commoner.http.patch(ME, json={"first_name": before["first_name"]}).json() == before
    assert commoner.http.get(ME).json() == look(admin, commoner.user)
