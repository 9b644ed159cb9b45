"""Passwords are hashed slowly and compared whole."""

from __future__ import annotations

import pytest

from fragua.accounts import passwords


def test_a_hash_is_argon2id_with_owasps_parameters() -> None:
    assert passwords.hash_password("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_same_password_has_another_hash_each_time() -> None:
    assert passwords.hash_password("correct horse") != passwords.hash_password("correct horse")


@pytest.mark.parametrize("password", ["correct horse", "ñ" * 128, "a\x00b" * 5, "x" * 128])
def test_a_password_matches_its_own_hash(password: str) -> None:
    assert passwords.matches(password, passwords.hash_password(password))


@pytest.mark.parametrize("other", ["x" * 127, "x" * 127 + "y", "X" * 128, "x" * 129, ""])
def test_nothing_of_a_long_password_is_left_out(other: str) -> None:
    assert not passwords.matches(other, passwords.hash_password("x" * 128))


def test_a_password_is_not_cut_at_a_null() -> None:
    assert not passwords.matches("a\x00c", passwords.hash_password("a\x00b"))


@pytest.mark.parametrize("kept", [None, "", "no hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_nothing_matches_where_there_is_no_hash(kept: str | None) -> None:
    assert not passwords.matches("nobody's password", kept)


def test_a_password_that_no_client_can_send_does_not_match() -> None:
    assert not passwords.matches("\ud800" * 10, passwords.hash_password("correct horse"))
