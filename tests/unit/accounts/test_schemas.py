"""What a body about accounts may say."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fragua.accounts.schemas import Login, Logout, ProfileChange, Registration

ADA = {
    "email": "Ada@Example.com",
    "password": "correct horse",
    "first_name": "Ada",
    "last_name": "Lovelace",
}


@pytest.mark.parametrize(
    "email",
    [
        *("a@b.co", "Ada.Lovelace+tag@Example.COM", "root@printer.local", "a@b.test"),
        *("ñandú@correo.example", "ada@mañana.example", "o'hara@example.com"),
    ],
)
def test_an_address_is_kept_as_it_was_given(email: str) -> None:
    assert Registration.model_validate({**ADA, "email": email}).email == email


@pytest.mark.parametrize(
    "email",
    [
        *("", "ada", "@example.com", "ada@", "a b@example.com", "ada@example..com"),
        *("ada@example.com\n", "ada\x00@example.com", "Ada <ada@example.com>", "a@b@c.com"),
        *(".ada@example.com", "ada@-example.com"),
        f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.com",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        Registration.model_validate({**ADA, "email": email})


@pytest.mark.parametrize("password", ["p" * 10, "p" * 128, "ñ" * 128, " " * 10, "a\nb\x00c d e f"])
def test_a_password_of_10_to_128_characters_is_taken_whatever_they_are(password: str) -> None:
    assert Registration.model_validate({**ADA, "password": password}).password == password


@pytest.mark.parametrize(
    "change",
    [
        {"password": "p" * 9},
        {"password": "p" * 129},
        {"password": 1234567890},
        {"first_name": " "},
        {"last_name": None},
        {"city": "c" * 101},
        {"role": "superadmin"},
        {"plan": "enterprise"},
        {"id": "1"},
    ],
)
def test_a_registration_that_asks_for_more_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Registration.model_validate({**ADA, **change})


@pytest.mark.parametrize("name", ADA)
def test_a_registration_needs_all_of_the_four(name: str) -> None:
    with pytest.raises(ValidationError):
        Registration.model_validate({k: v for k, v in ADA.items() if k != name})


def test_a_login_takes_what_was_typed() -> None:
    assert Login.model_validate({"email": "nobody", "password": "x"}).email == "nobody"


def test_a_logout_is_of_this_session_unless_it_says_more() -> None:
    assert Logout.model_validate({}).everywhere is False
    with pytest.raises(ValidationError):
        Logout.model_validate({"everywhere": 1})


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_name_can_be_changed_but_not_cleared(field: str) -> None:
    with pytest.raises(ValidationError):
        ProfileChange.model_validate({field: None})


def test_what_a_profile_change_leaves_out_stays() -> None:
    change = ProfileChange.model_validate({"city": None})
    assert change.model_dump(exclude_unset=True) == {"city": None}


def test_a_refused_body_is_not_repeated_in_the_message() -> None:
    # The message of an exception ends in a log, and what was refused may be a password.
    with pytest.raises(ValidationError) as refused:
        Registration.model_validate({**ADA, "password": "hunter2"})
    assert "hunter2" not in str(refused.value)
