"""Users who are changed from several sides at once: what is shown is what counts."""

from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from tests.e2e.support.clients import client
from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import Json
from tests.e2e.support.users import (
    USERS,
    add,
    change,
    changed,
    enlist,
    log_in_status,
    look,
    remove,
    removed,
    session,
    user_body,
)
from tests.e2e.support.waiting import at_once


@pytest.fixture(scope="module")
def pawn(base_url: str, superadmin: Person) -> Iterator[Person]:
    """Somebody whom others pull to and fro."""
    person = register(base_url)
    yield person
    remove(superadmin, person.user)


def test_of_many_roles_and_plans_at_once_the_one_that_is_shown_counts(
    superadmin: Person, pawn: Person
) -> None:
    wishes: list[Json] = [
        {"role": role, "plan": plan}
        for role in ("user", "admin")
        for plan in ("basic", "premium", "enterprise")
    ]
    for _ in range(3):
        answers = at_once([partial(change, superadmin, pawn.user, **wish) for wish in wishes])
        assert {answer.status_code for answer in answers} == {200}
        shown = look(superadmin, pawn.user)
        assert {"role": shown["role"], "plan": shown["plan"]} in wishes
        assert session(pawn).items() >= {"role": shown["role"], "plan": shown["plan"]}.items()
        may = pawn.http.get(USERS, params={"limit": 1}).status_code
        assert may == {"user": 403, "admin": 200}[shown["role"]]


def test_changes_of_different_fields_at_once_all_stay(superadmin: Person, pawn: Person) -> None:
    for number in range(3):
        wishes: Json = {
            "first_name": f"Ada {number}", "last_name": f"Herrera {number}", "city": f"c{number}",
            "country": f"CO{number}", "role": ("user", "admin")[number % 2],
            "plan": ("premium", "basic")[number % 2],
        }  # fmt: skip
        calls = [partial(change, superadmin, pawn.user, **{f: v}) for f, v in wishes.items()]
        assert {answer.status_code for answer in at_once(calls)} == {200}
        assert look(superadmin, pawn.user).items() >= wishes.items()
        assert pawn.http.get(f"{USERS}/me").json() == look(superadmin, pawn.user)


def test_a_profile_changed_beside_a_role_loses_neither(superadmin: Person, pawn: Person) -> None:
    for number in range(4):
        role = ("admin", "user")[number % 2]
        mine, theirs = at_once(
            [
                partial(pawn.http.patch, f"{USERS}/me", json={"city": f"city {number}"}),
                partial(change, superadmin, pawn.user, role=role),
            ]
        )
        assert (mine.status_code, theirs.status_code) == (200, 200)
        assert (
            look(superadmin, pawn.user).items() >= {"role": role, "city": f"city {number}"}.items()
        )
        assert session(pawn)["role"] == role


def test_of_on_and_off_at_once_the_one_that_is_shown_counts(
    superadmin: Person, base_url: str
) -> None:
    person = register(base_url)
    for _ in range(3):
        calls = [partial(change, superadmin, person.user, active=on) for on in (True, False)]
        assert {answer.status_code for answer in at_once(calls * 2)} == {200}
        shown = look(superadmin, person.user)["active"]
        assert log_in_status(superadmin.http, person.email) == (200 if shown else 401)
        changed(superadmin, person.user, active=True)


def test_a_refresh_beside_a_demotion_keeps_no_role(superadmin: Person, base_url: str) -> None:
    person = enlist(base_url, superadmin, role="admin")
    token = person.tokens["refresh_token"]
    for _ in range(3):
        changed(superadmin, person.user, role="admin")
        body = {"refresh_token": token}
        renewed, _ = at_once(
            [
                partial(person.http.post, "/v1/auth/refresh", json=body),
                partial(change, superadmin, person.user, role="user"),
            ]
        )
        assert renewed.status_code == 200, describe(renewed)
        http = client(base_url, renewed.json()["access_token"])
        assert http.get(USERS).status_code == 403
        token = renewed.json()["refresh_token"]


def test_a_login_beside_a_deactivation_leaves_no_session(superadmin: Person, base_url: str) -> None:
    person = register(base_url)
    body = {"email": person.email, "password": person.password}
    enter = partial(person.http.post, "/v1/auth/login", json=body)
    for _ in range(3):
        changed(superadmin, person.user, active=True)
        off = partial(change, superadmin, person.user, active=False)
        answers = at_once([enter, off, enter])
        assert answers[1].status_code == 200, describe(answers[1])
        for answer in (answers[0], answers[2]):
            assert answer.status_code in {200, 401}
            assert answer.status_code == 401 or out(base_url, answer)


def out(base_url: str, tokens: httpx.Response) -> bool:
    """Neither of the tokens works."""
    http, said = client(base_url), tokens.json()
    headers = {"authorization": f"Bearer {said['access_token']}"}
    refreshed = http.post("/v1/auth/refresh", json={"refresh_token": said["refresh_token"]})
    opened = http.get("/v1/auth/session", headers=headers)
    return (opened.status_code, refreshed.status_code) == (401, 401)


def test_a_change_beside_a_deletion_brings_nobody_back(superadmin: Person, base_url: str) -> None:
    for _ in range(3):
        person = enlist(base_url, superadmin)
        calls = [partial(change, superadmin, person.user, plan="premium") for _ in range(3)]
        deleted, *answers = at_once([partial(remove, superadmin, person.user), *calls])
        assert deleted.status_code == 204, describe(deleted)
        assert {answer.status_code for answer in answers} <= {200, 404}
        assert superadmin.http.get(f"{USERS}/{person.user['id']}").status_code == 404
        assert person.http.get("/v1/auth/session").status_code == 401


def test_a_deletion_beside_a_new_account_of_the_email_leaves_one_or_none(
    superadmin: Person,
) -> None:
    for _ in range(3):
        user = add(superadmin)
        body = user_body(email=user["email"])
        deleted, made = at_once(
            [
                partial(remove, superadmin, user),
                partial(superadmin.http.post, USERS, json=body),
            ]
        )
        assert deleted.status_code == 204, describe(deleted)
        assert made.status_code in {201, 409}, describe(made)
        items = superadmin.http.get(USERS, params={"email": user["email"]}).json()["items"]
        assert items == ([made.json()] if made.status_code == 201 else [])


def test_a_superadmin_demoted_beside_his_own_deeds_does_no_more(
    superadmin: Person, base_url: str
) -> None:
    for _ in range(2):
        other = enlist(base_url, superadmin, role="superadmin")
        bodies = [user_body(role="superadmin") for _ in range(3)]
        calls = [partial(other.http.post, USERS, json=body) for body in bodies]
        demoted, *answers = at_once([partial(change, superadmin, other.user, role="user"), *calls])
        assert demoted.status_code == 200, describe(demoted)
        assert {answer.status_code for answer in answers} <= {201, 403}
        assert other.http.post(USERS, json=user_body()).status_code == 403
        for answer in answers:
            if answer.status_code == 201:
                removed(superadmin, answer.json())
