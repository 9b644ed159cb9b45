"""POST /v1/users: accounts that a superadmin makes for others."""

from functools import partial

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.people import PASSWORD, Person, log_in, new_email, registration
from tests.e2e.support.shapes import USER, assert_shape, seconds_from_now
from tests.e2e.support.users import (
    USERS,
    add,
    ask_for_user,
    changed,
    enlist,
    found,
    log_in_status,
    look,
    removed,
    role_now,
    session,
    user_body,
)
from tests.e2e.support.waiting import at_once

ROLES = ["user", "admin", "superadmin"]


def test_a_new_user_is_what_was_asked_for(superadmin: Person, admin: Person) -> None:
    body = user_body(first_name="José", last_name="李 \U0001f525", plan="premium")
    answer = superadmin.http.post(USERS, json=body)
    assert answer.status_code == 201, describe(answer)
    user, password = answer.json(), body.pop("password")
    assert_shape(user, USER)
    assert user.items() >= (body | {"active": True, "city": None, "country": None}).items()
    assert abs(seconds_from_now(user["created_at"])) < 60
    assert look(admin, user) == user
    assert not any(word in answer.text for word in (password, "argon", "hash"))


@pytest.mark.parametrize("role", ROLES)
def test_a_new_user_logs_in_with_the_role(superadmin: Person, base_url: str, role: str) -> None:
    person = enlist(base_url, superadmin, role=role, password="p" * 128)
    assert person.user["role"] == role
    assert person.http.get(f"{USERS}/me").json() == person.user
    assert session(person).items() >= {"role": role, "plan": "basic"}.items()
    removed(superadmin, person.user)


def test_a_new_admin_reads_users_and_makes_none(superadmin: Person, base_url: str) -> None:
    new = enlist(base_url, superadmin, role="admin")
    assert look(new, superadmin.user) == superadmin.user
    expect_problem(ask_for_user(new), 403, "forbidden")
    removed(superadmin, new.user)


def test_a_new_superadmin_makes_users(superadmin: Person, base_url: str) -> None:
    new = enlist(base_url, superadmin, role="superadmin")
    made = add(new, role="superadmin")
    for user in (made, new.user):
        removed(superadmin, user)


@pytest.mark.parametrize("plan", ["basic", "premium", "enterprise"])
def test_a_new_user_has_the_plan(superadmin: Person, base_url: str, plan: str) -> None:
    person = enlist(base_url, superadmin, plan=plan)
    assert person.user["plan"] == session(person)["plan"] == plan


def test_a_new_user_is_basic_unless_asked_otherwise(superadmin: Person) -> None:
    assert add(superadmin)["plan"] == "basic"


def test_an_email_is_returned_as_given_and_compared_without_case(
    superadmin: Person, base_url: str
) -> None:
    email = new_email().replace("smith", "SmItH")
    assert add(superadmin, email=email)["email"] == email
    for other in (email, email.upper(), email.lower()):
        expect_problem(ask_for_user(superadmin, email=other), 409, "email_taken")
    assert log_in(base_url, email.lower(), PASSWORD).user["email"] == email


def test_who_registered_is_not_made_anew(superadmin: Person, newcomer: Person) -> None:
    thief = {"email": newcomer.email.upper(), "password": "another password", "role": "admin"}
    expect_problem(ask_for_user(superadmin, **thief), 409, "email_taken")
    assert look(superadmin, newcomer.user) == newcomer.user
    assert role_now(newcomer) == "user"


def test_who_was_made_does_not_register(superadmin: Person, anonymous: httpx.Client) -> None:
    user = add(superadmin)
    body = registration(email=user["email"].swapcase(), password="another password")
    expect_problem(anonymous.post("/v1/auth/register", json=body), 409, "email_taken")
    assert log_in_status(anonymous, user["email"], "another password") == 401


def test_the_email_of_somebody_deactivated_is_taken(superadmin: Person) -> None:
    user = add(superadmin)
    changed(superadmin, user, active=False)
    expect_problem(ask_for_user(superadmin, email=user["email"]), 409, "email_taken")
    assert look(superadmin, user)["active"] is False


def test_the_email_of_somebody_deleted_is_free(superadmin: Person) -> None:
    user = add(superadmin, role="admin")
    removed(superadmin, user)
    new = add(superadmin, email=user["email"])
    assert new["id"] != user["id"]
    assert found(superadmin, email=user["email"]) == [new]


def test_a_plan_that_there_is_not_is_told_before_an_email_that_is_taken(
    superadmin: Person, ana: Person
) -> None:
    expect_invalid(ask_for_user(superadmin, email=ana.email, plan="nobodys"), "/plan")


def test_of_many_creations_at_once_one_gets_the_email(superadmin: Person, base_url: str) -> None:
    body = user_body()
    bodies = [body | {"first_name": f"Ada {number}"} for number in range(6)]
    answers = at_once([partial(superadmin.http.post, USERS, json=each) for each in bodies])
    won = [answer.json() for answer in answers if answer.status_code == 201]
    assert len(won) == 1, [describe(answer) for answer in answers]
    for answer in answers:
        if answer.status_code != 201:
            expect_problem(answer, 409, "email_taken")
    assert found(superadmin, email=body["email"]) == won
    assert log_in(base_url, body["email"], PASSWORD).user == won[0]


def test_a_creation_and_a_registration_at_once_make_one_account(
    superadmin: Person, anonymous: httpx.Client
) -> None:
    email = new_email()
    make = partial(ask_for_user, superadmin, email=email, role="admin")
    register = partial(anonymous.post, "/v1/auth/register", json=registration(email=email.upper()))
    answers = at_once([make, register, make, register])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    assert found(superadmin, email=email) == [made]
    removed(superadmin, made)
