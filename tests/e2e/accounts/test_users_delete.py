"""DELETE /v1/users/{id}: the account is gone at once, and its e-mail free."""

from functools import partial

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.linking import expect_ended, follow, link_to
from tests.e2e.support.people import (
    PASSWORD,
    Person,
    again,
    log_in,
    refresh,
    register,
    registration,
)
from tests.e2e.support.sending import publish, reserve
from tests.e2e.support.users import (
    USERS,
    add,
    change,
    changed,
    enlist,
    found,
    log_in_status,
    look,
    path_of,
    remove,
    removed,
    role_now,
)
from tests.e2e.support.waiting import at_once


def test_a_deletion_answers_nothing_and_leaves_nothing_to_read(
    superadmin: Person, admin: Person, newcomer: Person
) -> None:
    answer = remove(superadmin, newcomer.user)
    assert (answer.status_code, answer.content) == (204, b"")
    for reader in (superadmin, admin):
        expect_problem(reader.http.get(path_of(newcomer.user)), 404)
        assert found(reader, email=newcomer.email) == []


def test_what_is_deleted_is_neither_deleted_again_nor_changed(superadmin: Person) -> None:
    user = add(superadmin)
    removed(superadmin, user)
    expect_problem(remove(superadmin, user), 404)
    for changes in ({"role": "admin"}, {"active": True}, {"plan": "premium"}, {"city": "Cali"}):
        expect_problem(change(superadmin, user, **changes), 404)
    assert found(superadmin, email=user["email"]) == []


@pytest.mark.parametrize("role", ["user", "admin", "superadmin"])
def test_every_session_ends_at_once(superadmin: Person, base_url: str, role: str) -> None:
    person = enlist(base_url, superadmin, role=role)
    sessions = [person, again(base_url, person)]
    assert [role_now(each) for each in sessions] == [role, role]
    removed(superadmin, person.user)
    for each in sessions:
        for path in ("/v1/auth/session", f"{USERS}/me", USERS, "/v1/files", "/v1/uploads"):
            expect_problem(each.http.get(path), 401)
        expect_problem(refresh(base_url, each.tokens["refresh_token"]), 401)


def test_who_is_deleted_logs_in_like_a_stranger(
    superadmin: Person, newcomer: Person, anonymous: httpx.Client
) -> None:
    removed(superadmin, newcomer.user)
    told = []
    for email in (newcomer.email, f"nobody-{newcomer.email}"):
        body = {"email": email, "password": newcomer.password}
        answer = anonymous.post("/v1/auth/login", json=body)
        told.append(expect_problem(answer, 401, "bad_credentials") | {"request_id": ""})
    assert told[0] == told[1]


def test_the_email_can_be_registered_again_and_is_a_new_account(
    superadmin: Person, base_url: str
) -> None:
    old = enlist(base_url, superadmin, role="admin", plan="premium")
    publish(old, b"of the old account")
    removed(superadmin, old.user)
    new = register(base_url, email=old.email.upper(), password="another password")
    assert new.user["id"] != old.user["id"]
    assert new.user.items() >= {"role": "user", "plan": "basic", "active": True}.items()
    assert new.http.get("/v1/files").json()["items"] == []
    assert found(superadmin, email=old.email) == [new.user]
    expect_problem(superadmin.http.get(path_of(old.user)), 404)


def test_tokens_of_the_old_account_do_not_open_the_new_one(
    superadmin: Person, newcomer: Person, base_url: str, anonymous: httpx.Client
) -> None:
    removed(superadmin, newcomer.user)
    register(base_url, email=newcomer.email, password="another password")
    expect_problem(newcomer.http.get("/v1/auth/session"), 401)
    expect_problem(refresh(base_url, newcomer.tokens["refresh_token"]), 401)
    assert log_in_status(anonymous, newcomer.email, newcomer.password) == 401


def test_an_email_can_be_used_up_again_and_again(superadmin: Person) -> None:
    email, ids = add(superadmin)["email"], set()
    for _ in range(3):
        (user,) = found(superadmin, email=email)
        ids.add(user["id"])
        removed(superadmin, user)
        add(superadmin, email=email)
    assert len(ids) == 3


def test_temporary_links_die_with_their_owner(
    superadmin: Person, base_url: str, anonymous: httpx.Client
) -> None:
    owner = enlist(base_url, superadmin, plan="enterprise")
    link = link_to(owner, publish(owner, b"shared"))
    assert follow(anonymous, link).status_code == 302
    removed(superadmin, owner.user)
    expect_ended(follow(anonymous, link))
    register(base_url, email=owner.email)
    expect_ended(follow(anonymous, link))


def test_who_has_uploads_under_way_can_be_deleted(superadmin: Person, newcomer: Person) -> None:
    upload = reserve(newcomer, 5)
    removed(superadmin, newcomer.user)
    for method in ("GET", "DELETE"):
        answer = newcomer.http.request(method, f"/v1/uploads/{upload['id']}")
        expect_problem(answer, 401)


def test_who_is_deactivated_can_be_deleted(superadmin: Person) -> None:
    user = add(superadmin)
    changed(superadmin, user, active=False)
    removed(superadmin, user)
    assert add(superadmin, email=user["email"])["active"] is True


def test_a_superadmin_among_others_may_delete_himself(superadmin: Person, base_url: str) -> None:
    other = enlist(base_url, superadmin, role="superadmin")
    removed(other, other.user)
    expect_problem(other.http.get(USERS), 401)
    expect_problem(superadmin.http.get(path_of(other.user)), 404)


def test_who_is_no_superadmin_deletes_nobody(
    commoner: Person, superadmin: Person, bob: Person
) -> None:
    for victim in (bob, commoner, superadmin):
        expect_problem(remove(commoner, victim.user), 403, "forbidden")
        assert look(superadmin, victim.user) == victim.user
        assert role_now(victim) == victim.user["role"]


def test_of_many_deletions_at_once_one_deletes(superadmin: Person) -> None:
    user = add(superadmin)
    answers = at_once([partial(remove, superadmin, user)] * 6)
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 5


def test_of_many_who_want_the_free_email_one_gets_it(
    superadmin: Person, anonymous: httpx.Client
) -> None:
    user = add(superadmin)
    removed(superadmin, user)
    body = registration(email=user["email"])
    answers = at_once([partial(anonymous.post, "/v1/auth/register", json=body)] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(found(superadmin, email=user["email"])) == 1


def test_a_login_beside_a_deletion_leaves_no_session(superadmin: Person, base_url: str) -> None:
    for _ in range(3):
        person = enlist(base_url, superadmin)
        body = {"email": person.email, "password": PASSWORD}
        enter = partial(person.http.post, "/v1/auth/login", json=body)
        deleted, *entered = at_once([partial(remove, superadmin, person.user), enter, enter])
        assert deleted.status_code == 204, describe(deleted)
        assert {answer.status_code for answer in entered} <= {200, 401}
        for answer in entered:
            if answer.status_code == 200:
                token = answer.json()["access_token"]
                headers = {"authorization": f"Bearer {token}"}
                expect_problem(person.http.get("/v1/auth/session", headers=headers), 401)
                expect_problem(refresh(base_url, answer.json()["refresh_token"]), 401)


def test_a_user_who_was_made_anew_works(superadmin: Person, base_url: str) -> None:
    first = enlist(base_url, superadmin)
    removed(superadmin, first.user)
    add(superadmin, email=first.email, role="admin", password="a quite new password")
    new = log_in(base_url, first.email, "a quite new password")
    assert look(new, new.user) == new.user
    removed(superadmin, new.user)
    for old in (first, new):
        expect_problem(old.http.get(f"{USERS}/me"), 401)
