"""An account is made once per address, whatever its case."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.support.backend import Answer, Client

PERSON = {"password": "correct horse", "first_name": "Ada", "last_name": "Lovelace"}


def register(**body: Any) -> Answer:
    body = {**PERSON, "email": f"{uuid4().hex}@example.com", **body}
    return Client().call("accounts.register", "POST", "/v1/auth/register", body)


@pytest.mark.usefixtures("backend")
def test_a_new_account_is_a_user_on_the_basic_plan() -> None:
    answer = register(city="London")
    assert answer.status == 201
    assert set(answer.body) == {
        *("id", "email", "first_name", "last_name", "city", "country"),
        *("role", "plan", "active", "created_at"),
    }
    assert (answer.body["role"], answer.body["plan"]) == ("user", "basic")
    assert (answer.body["city"], answer.body["country"]) == ("London", None)


def test_an_address_is_taken_in_any_case(client: Client) -> None:
    answer = register(email=client.email.upper())
    assert (answer.status, answer.body["code"]) == (409, "email_taken")


@pytest.mark.usefixtures("backend")
def test_an_address_is_returned_as_it_was_given() -> None:
    email = f"Ada.{uuid4().hex}@Example.COM"
    assert register(email=email).body["email"] == email


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"password": "short"}, "/password"),
        ({"first_name": "a\nb"}, "/first_name"),
        ({"role": "superadmin"}, "/role"),
    ],
    ids=["email", "password", "name", "role"],
)
def test_a_field_that_is_wrong_is_named_and_its_value_is_not(
    change: dict[str, str], pointer: str
) -> None:
    answer = register(**change)
    assert answer.status == 422
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]
    assert all(value not in str(answer.body) for value in change.values())


@pytest.mark.usefixtures("backend")
def test_no_answer_holds_a_password_hash() -> None:
    assert "argon2" not in str(register())
