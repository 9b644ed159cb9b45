"""`make superadmin`: whoever runs the stack makes a superadmin of somebody."""

from urllib.parse import urlsplit

import pytest

from tests.e2e.support.people import Person, log_in, new_email
from tools.superadmin import superadmin


@pytest.fixture
def port(base_url: str) -> int:
    """The port of the stack on this machine."""
    url = urlsplit(base_url)
    if url.hostname != "127.0.0.1" or url.port is None:
        pytest.skip("the stack under test is not on this machine")
    return url.port


def test_somebody_who_has_an_account_becomes_a_superadmin(newcomer: Person, port: int) -> None:
    assert newcomer.email in superadmin(newcomer.email, "", port)
    assert newcomer.http.get("/v1/auth/session").json()["role"] == "superadmin"
    assert newcomer.http.get("/v1/users").status_code == 200


def test_who_registered_the_address_before_its_owner_stays_what_he_was(
    newcomer: Person, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAGUA_SUPERADMIN_PASSWORD", "the owner's own")
    with pytest.raises(SystemExit, match="another password"):
        superadmin(newcomer.email, "", port)
    assert newcomer.http.get("/v1/auth/session").json()["role"] == "user"


def test_somebody_new_gets_the_password_that_is_given(
    base_url: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, password = new_email(), "the owner's own"
    monkeypatch.setenv("FRAGUA_SUPERADMIN_PASSWORD", password)
    for _ in range(2):
        assert password not in superadmin(email, "", port)
    assert log_in(base_url, email, password).user["role"] == "superadmin"


def test_somebody_new_gets_an_account_with_the_password_that_is_shown(
    base_url: str, port: int
) -> None:
    email = new_email()
    password = superadmin(email, "", port).split()[-1]
    assert log_in(base_url, email, password).user["role"] == "superadmin"
