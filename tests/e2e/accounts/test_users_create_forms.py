"""POST /v1/users: bodies that are wrong; nobody is made of them."""

from typing import Any

import pytest

from tests.e2e.support.clients import escaped_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.users import USERS, ask_for_user, found, log_in_status, user_body

NEEDED = ["email", "password", "first_name", "last_name", "role"]
NO_TEXT: list[Any] = [None, 7, True, [], {"x": "user"}]
NO_ROLES: list[Any] = ["", "root", "Superadmin", "ADMIN", " admin", "admin ", "admin\n"]
NO_ROLES += ["admin,user", "anonymous", "*", "user\x00", "\uff41dmin", "superadmin' --"]
NO_PLANS: list[Any] = [7, True, [], ["basic"], {}, "", "nobodys", "basic ", "%", "_asic", "ba%"]
NO_PLANS += ["basic\x00", "n" * 300, "basic' --", "../basic", "\u202ebasic"]
NO_EMAILS = ["", " ", "smith", "smith@", "@example.com", "a b@example.com", "a@b@example.com"]
NO_EMAILS += ["smith@example.com\n", "smith@example.com\x00", "x" * 400 + "@example.com"]
NO_EMAILS += ["a@example.com,b@example.com", "Smith <smith@example.com>"]
NO_PASSWORDS = ["", "9 letters", "p" * 129, "\U0001f525" * 129]
# Fields of the server, or of its tables as one might guess them.
SERVERS = {
    "id": ABSENT,
    "active": False,
    "created_at": "2020-01-01T00:00:00Z",
    "created_by": ABSENT,
    "updated_at": "2020-01-01T00:00:00Z",
    "deleted_at": None,
    "password_hash": "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
    "version": 1,
    "committed": 0,
    "is_superadmin": True,
    "roles": ["superadmin"],
    "__proto__": {"role": "superadmin"},
}


def expect_nobody(superadmin: Person, pointer: str, **fields: Any) -> None:
    """The creation is refused at this field, and made nobody."""
    body = user_body() | fields
    expect_invalid(superadmin.http.post(USERS, json=body), pointer)
    if "email" not in fields:
        assert found(superadmin, email=body["email"]) == []


@pytest.mark.parametrize("field", NEEDED)
def test_a_missing_field_is_named(superadmin: Person, field: str) -> None:
    body = user_body()
    del body[field]
    expect_invalid(superadmin.http.post(USERS, json=body), f"/{field}")


@pytest.mark.parametrize("value", NO_TEXT, ids=repr)
@pytest.mark.parametrize("field", NEEDED)
def test_a_field_of_another_type_is_refused(superadmin: Person, field: str, value: Any) -> None:
    expect_nobody(superadmin, f"/{field}", **{field: value})


@pytest.mark.parametrize("role", NO_ROLES, ids=ascii)
def test_a_role_is_one_of_three_words(superadmin: Person, role: str) -> None:
    expect_nobody(superadmin, "/role", role=role)


@pytest.mark.parametrize("plan", NO_PLANS, ids=lambda plan: ascii(plan)[:30])
def test_a_plan_that_there_is_not_is_named(superadmin: Person, plan: Any) -> None:
    expect_nobody(superadmin, "/plan", plan=plan)


@pytest.mark.parametrize("email", NO_EMAILS, ids=lambda email: ascii(email)[:40])
def test_what_is_no_email_is_refused(superadmin: Person, email: str) -> None:
    expect_nobody(superadmin, "/email", email=email)


@pytest.mark.parametrize("password", NO_PASSWORDS, ids=["empty", "9", "129", "129 emoji"])
def test_a_password_of_another_length_is_refused(superadmin: Person, password: str) -> None:
    expect_nobody(superadmin, "/password", password=password)


@pytest.mark.parametrize("field", SERVERS)
def test_what_only_the_server_writes_is_refused(superadmin: Person, field: str) -> None:
    expect_nobody(superadmin, f"/{field}", **{field: SERVERS[field]})


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\udc00\ud800"], ids=ascii)
@pytest.mark.parametrize("field", ["email", "first_name", "last_name", "role", "plan"])
def test_text_that_no_database_keeps_is_refused(superadmin: Person, field: str, text: str) -> None:
    answer = superadmin.http.post(USERS, **escaped_json(user_body(**{field: text})))
    expect_problem(answer, {400, 422})


def test_a_lone_surrogate_in_a_password_is_refused(superadmin: Person) -> None:
    body = user_body(password="ten letters \ud800")
    expect_problem(superadmin.http.post(USERS, **escaped_json(body)), {400, 422})


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_very_long_text_is_kept_or_refused(superadmin: Person, field: str) -> None:
    answer = ask_for_user(superadmin, **{field: "n" * 5000})
    assert answer.status_code in {201, 422}
    if answer.status_code == 201:
        assert answer.json()[field] == "n" * 5000


def test_every_wrong_field_is_named_at_once(superadmin: Person) -> None:
    answer = ask_for_user(superadmin, email="no", password="short", role="root", surprise=1)
    for pointer in ("/email", "/password", "/role", "/surprise"):
        expect_invalid(answer, pointer)


def test_a_refusal_repeats_no_password(superadmin: Person) -> None:
    body = user_body(password="a secret of nine hammers", role="root")
    answer = superadmin.http.post(USERS, json=body)
    expect_invalid(answer, "/role")
    assert "nine hammers" not in answer.text
    assert log_in_status(superadmin.http, body["email"], body["password"]) == 401


def test_who_is_no_superadmin_makes_nobody(commoner: Person, superadmin: Person) -> None:
    for role in ("user", "admin", "superadmin"):
        body = user_body(role=role)
        expect_problem(commoner.http.post(USERS, json=body), 403, "forbidden")
        assert found(superadmin, email=body["email"]) == []
