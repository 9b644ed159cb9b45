"""Accounts as those see them who administer them: found, made, changed and deleted."""

from typing import Any

import httpx

from tests.e2e.support.conventions import describe
from tests.e2e.support.people import PASSWORD, Person, keep_awake, log_in, registration
from tests.e2e.support.sending import Json

USERS = "/v1/users"


def user_body(**changes: Any) -> Json:
    """A body that a superadmin may make a user of, with some of its fields changed."""
    return registration(role="user") | changes


def ask_for_user(superadmin: Person, **changes: Any) -> httpx.Response:
    """Ask for a new user, whatever comes of it."""
    return superadmin.http.post(USERS, json=user_body(**changes))


def add(superadmin: Person, **changes: Any) -> Json:
    """A new user, who has not logged in."""
    answer = ask_for_user(superadmin, **changes)
    assert answer.status_code == 201, describe(answer)
    user: Json = answer.json()
    return user


def enlist(base_url: str, superadmin: Person, **changes: Any) -> Person:
    """A new user whom a superadmin made, logged in."""
    keep_awake(base_url, superadmin)
    user = add(superadmin, **changes)
    return log_in(base_url, user["email"], changes.get("password", PASSWORD))


def path_of(user: Json) -> str:
    """The path of one user."""
    return f"{USERS}/{user['id']}"


def look(reader: Person, user: Json) -> Json:
    """A user as he stands now."""
    answer = reader.http.get(path_of(user))
    assert answer.status_code == 200, describe(answer)
    seen: Json = answer.json()
    return seen


def change(superadmin: Person, user: Json, /, **changes: Any) -> httpx.Response:
    """Ask for other fields of a user, whatever comes of it."""
    return superadmin.http.patch(path_of(user), json=changes)


def changed(superadmin: Person, user: Json, /, **changes: Any) -> Json:
    """The user after a change."""
    answer = change(superadmin, user, **changes)
    assert answer.status_code == 200, describe(answer)
    seen: Json = answer.json()
    return seen


def remove(superadmin: Person, user: Json) -> httpx.Response:
    """Delete a user, whatever comes of it."""
    return superadmin.http.delete(path_of(user))


def removed(superadmin: Person, user: Json) -> None:
    """Delete a user who is there."""
    answer = remove(superadmin, user)
    assert answer.status_code == 204, describe(answer)


def found(reader: Person, **query: str | int) -> list[Json]:
    """The users that a query finds, as many as a page holds."""
    answer = reader.http.get(USERS, params={"limit": 200, **query})
    assert answer.status_code == 200, describe(answer)
    items: list[Json] = answer.json()["items"]
    return items


def role_now(person: Person) -> str:
    """The role that somebody's token has now."""
    return str(session(person)["role"])


def session(person: Person) -> Json:
    """What somebody's token stands for now."""
    answer = person.http.get("/v1/auth/session")
    assert answer.status_code == 200, describe(answer)
    said: Json = answer.json()
    return said


def log_in_status(anybody: httpx.Client, email: str, password: str = PASSWORD) -> int:
    """What a login with these two is answered."""
    body = {"email": email, "password": password}
    return anybody.post("/v1/auth/login", json=body).status_code
