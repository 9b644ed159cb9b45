"""PATCH /v1/users/{id}: bodies that are wrong; nothing is changed by them."""

from typing import Any

import pytest

from tests.e2e.support.clients import escaped_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.users import change, changed, log_in_status, look, path_of, role_now

NO_TEXT: list[Any] = [7, True, [], {}]
NO_ROLES: list[Any] = [None, *NO_TEXT, "", "root", "Admin", "SUPERADMIN", " admin", "admin\x00"]
NO_PLANS: list[Any] = [None, *NO_TEXT, "", "nobodys", "basic ", "%", "ba%", "basic\x00", "n" * 300]
NO_FLAGS: list[Any] = [None, 0, 1, 1.0, "true", "false", "no", "", [], {}]
WRONG = [
    *(("role", value) for value in NO_ROLES),
    *(("plan", value) for value in NO_PLANS),
    *(("active", value) for value in NO_FLAGS),
    *((name, value) for name in ("first_name", "last_name") for value in (None, *NO_TEXT)),
    *((name, value) for name in ("city", "country") for value in NO_TEXT),
]
# What is nobody's to change, each with a value that would be right.
FIXED = {
    "email": "another-smith@example.com",
    "password": "another password",
    "password_hash": "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
    "id": ABSENT,
    "created_at": "2020-01-01T00:00:00Z",
    "created_by": ABSENT,
    "deleted_at": "2020-01-01T00:00:00Z",
    "version": 1,
    "committed": 0,
    "surprise": 1,
}


@pytest.fixture(scope="module")
def still(base_url: str) -> Person:
    """Somebody whom only what is wrong would change."""
    return register(base_url, city="Cali", country="CO")


@pytest.mark.parametrize(("field", "value"), WRONG, ids=lambda value: ascii(value)[:30])
def test_a_wrong_value_is_named_and_changes_nothing(
    superadmin: Person, still: Person, field: str, value: Any
) -> None:
    # What is right beside it changes nothing either.
    right = {"role": "admin", "plan": "premium", "active": False, "first_name": "Eve"}
    expect_invalid(change(superadmin, still.user, **right | {field: value}), f"/{field}")
    assert look(superadmin, still.user) == still.user


@pytest.mark.parametrize("field", FIXED)
def test_nothing_else_can_be_changed(superadmin: Person, still: Person, field: str) -> None:
    answer = change(superadmin, still.user, first_name="Eve", **{field: FIXED[field]})
    expect_invalid(answer, f"/{field}")
    assert look(superadmin, still.user) == still.user
    assert "another password" not in answer.text


def test_the_password_stays_the_users_own(superadmin: Person, still: Person) -> None:
    expect_invalid(change(superadmin, still.user, password="p" * 20), "/password")
    assert log_in_status(superadmin.http, still.email, "p" * 20) == 401
    assert log_in_status(superadmin.http, still.email, still.password) == 200


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=ascii)
@pytest.mark.parametrize("field", ["first_name", "last_name", "city", "country", "role", "plan"])
def test_text_that_no_database_keeps_is_refused(
    superadmin: Person, still: Person, field: str, text: str
) -> None:
    answer = superadmin.http.patch(path_of(still.user), **escaped_json({field: text}))
    expect_problem(answer, {400, 422})


@pytest.mark.parametrize("field", ["first_name", "city"])
def test_very_long_text_is_kept_or_refused(
    superadmin: Person, newcomer: Person, field: str
) -> None:
    answer = change(superadmin, newcomer.user, **{field: "n" * 5000})
    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert look(superadmin, newcomer.user)[field] == "n" * 5000


def test_every_wrong_field_is_named_at_once(superadmin: Person, still: Person) -> None:
    answer = change(superadmin, still.user, role="root", active="no", first_name=7, surprise=1)
    for pointer in ("/role", "/active", "/first_name", "/surprise"):
        expect_invalid(answer, pointer)


def test_no_refusal_changed_anybody(superadmin: Person, still: Person) -> None:
    assert look(superadmin, still.user) == still.user
    assert role_now(still) == "user"


def test_the_form_of_a_superadmin_is_judged_like_everybodys(superadmin: Person) -> None:
    before = look(superadmin, superadmin.user)
    expect_invalid(change(superadmin, superadmin.user, role="root"), "/role")
    expect_invalid(change(superadmin, superadmin.user, email="root@example.com"), "/email")
    assert changed(superadmin, superadmin.user, role="superadmin", active=True) == before
