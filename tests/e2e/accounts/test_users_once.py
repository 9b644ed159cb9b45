"""POST /v1/users with an Idempotency-Key."""

from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_invalid, expect_problem
from tests.e2e.support.once import BAD_KEYS, expect_in_progress, new_key, post_once
from tests.e2e.support.people import PASSWORD, Person, log_in, registration
from tests.e2e.support.sending import Json
from tests.e2e.support.users import (
    USERS,
    change,
    enlist,
    found,
    log_in_status,
    look,
    remove,
    removed,
    user_body,
)
from tests.e2e.support.waiting import at_once


@pytest.fixture(scope="module")
def second(base_url: str, superadmin: Person) -> Iterator[Person]:
    """Another superadmin."""
    person = enlist(base_url, superadmin, role="superadmin")
    yield person
    remove(superadmin, person.user)


def make_once(person: Person, key: str | bytes, body: Json) -> httpx.Response:
    """Ask for a user under a key, whatever comes of it."""
    return post_once(person, key, body, USERS)


def made_once(person: Person, key: str, body: Json) -> Json:
    """The user who was made under a key."""
    answer = make_once(person, key, body)
    assert answer.status_code == 201, describe(answer)
    user: Json = answer.json()
    return user


def test_the_same_request_gives_the_same_user(superadmin: Person, base_url: str) -> None:
    key, body = new_key(), user_body(role="admin", plan="premium")
    users = [made_once(superadmin, key, body) for _ in range(2)]
    assert users[0] == users[1]
    assert found(superadmin, email=body["email"]) == users[1:]
    assert log_in(base_url, body["email"], PASSWORD).user == users[0]
    removed(superadmin, users[0])


def test_a_replay_says_nothing_of_the_password(superadmin: Person) -> None:
    key, body = new_key(), user_body()
    for _ in range(2):
        said = make_once(superadmin, key, body).text
        assert not any(word in said for word in (PASSWORD, "argon", "hash"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "admin"),
        ("password", "another password"),
        ("email", "another-smith@example.com"),
    ],
)
def test_another_request_under_the_key_is_refused(
    superadmin: Person, anonymous: httpx.Client, field: str, value: str
) -> None:
    key, body = new_key(), user_body()
    user = made_once(superadmin, key, body)
    expect_problem(make_once(superadmin, key, body | {field: value}), 422)
    assert look(superadmin, user) == user
    assert log_in_status(anonymous, body["email"], PASSWORD) == 200
    if field == "email":
        assert found(superadmin, email=value) == []


def test_without_the_key_or_under_another_the_email_is_taken(superadmin: Person) -> None:
    body = user_body()
    made_once(superadmin, new_key(), body)
    expect_problem(superadmin.http.post(USERS, json=body), 409, "email_taken")
    expect_problem(make_once(superadmin, new_key(), body), 409, "email_taken")


def test_a_key_does_not_replay_what_was_made_without_it(superadmin: Person) -> None:
    key, body = new_key(), user_body()
    assert superadmin.http.post(USERS, json=body).status_code == 201
    for _ in range(2):
        expect_problem(make_once(superadmin, key, body), 409, "email_taken")


def test_a_key_belongs_to_the_superadmin_who_used_it(superadmin: Person, second: Person) -> None:
    key, bodies = new_key(), [user_body(), user_body()]
    one, other = made_once(superadmin, key, bodies[0]), made_once(second, key, bodies[1])
    assert [one["email"], other["email"]] == [body["email"] for body in bodies]
    expect_problem(make_once(second, key, bodies[0]), 422)
    assert made_once(superadmin, key, bodies[0]) == one


def test_a_key_of_the_one_route_is_none_of_the_other(
    superadmin: Person, anonymous: httpx.Client
) -> None:
    key, body = new_key(), registration()
    registered = post_once(superadmin, key, body, "/v1/auth/register")
    assert registered.status_code == 201, describe(registered)
    expect_problem(make_once(superadmin, key, body | {"role": "admin"}), {409, 422})
    assert look(superadmin, registered.json())["role"] == "user"


def test_of_ten_requests_at_once_one_makes_the_user(superadmin: Person) -> None:
    key, body = new_key(), user_body()
    answers = at_once([partial(make_once, superadmin, key, body)] * 10)
    for answer in answers:
        if answer.status_code != 201:
            expect_in_progress(answer)
    made = [answer.json() for answer in answers if answer.status_code == 201]
    assert made
    assert found(superadmin, email=body["email"]) == [made[0]]
    assert made_once(superadmin, key, body) == made[0]
    assert all(user == made[0] for user in made)


def test_of_different_requests_at_once_one_makes_the_user(superadmin: Person) -> None:
    key, bodies = new_key(), [user_body() for _ in range(6)]
    answers = at_once([partial(make_once, superadmin, key, body) for body in bodies])
    got = [answer.status_code for answer in answers]
    assert got.count(201) == 1, [describe(answer) for answer in answers]
    assert set(got) <= {201, 409, 422}
    assert sum(len(found(superadmin, email=body["email"])) for body in bodies) == 1


def test_a_request_that_was_refused_spends_no_key(superadmin: Person, ana: Person) -> None:
    key, body = new_key(), user_body()
    expect_invalid(make_once(superadmin, key, body | {"role": "root"}), "/role")
    expect_invalid(make_once(superadmin, key, body | {"plan": "nobodys"}), "/plan")
    taken = make_once(superadmin, key, body | {"email": ana.email})
    expect_problem(taken, 409, "email_taken")
    assert made_once(superadmin, key, body)["email"] == body["email"]


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_what_is_no_key_makes_nobody(superadmin: Person, key: str | bytes) -> None:
    body = user_body()
    expect_problem(make_once(superadmin, key, body), {400, 422})
    assert found(superadmin, email=body["email"]) == []


def test_a_replay_does_not_take_a_change_back(superadmin: Person) -> None:
    key, body = new_key(), user_body(role="admin")
    user = made_once(superadmin, key, body)
    assert change(superadmin, user, role="user", active=False).status_code == 200
    assert made_once(superadmin, key, body)["id"] == user["id"]
    assert look(superadmin, user) == user | {"role": "user", "active": False}


def test_a_replay_does_not_bring_a_deleted_user_back(superadmin: Person) -> None:
    key, body = new_key(), user_body()
    user = made_once(superadmin, key, body)
    removed(superadmin, user)
    make_once(superadmin, key, body)
    expect_problem(superadmin.http.get(f"{USERS}/{user['id']}"), 404)
    assert [each for each in found(superadmin, email=body["email"]) if each == user] == []


def test_who_was_demoted_gets_no_replay(superadmin: Person, base_url: str) -> None:
    person = enlist(base_url, superadmin, role="superadmin")
    key, body = new_key(), user_body()
    made_once(person, key, body)
    assert change(superadmin, person.user, role="user").status_code == 200
    expect_problem(make_once(person, key, body), 403, "forbidden")
    expect_problem(make_once(person, key, user_body()), 403, "forbidden")
