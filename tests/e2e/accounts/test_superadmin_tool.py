"""`make superadmin`: whoever runs the stack makes a superadmin of somebody."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.support.people import Person, log_in, new_email

ROOT = Path(__file__).parents[3]


@pytest.fixture
def port(base_url: str) -> int:
    """The port of the stack on this machine."""
    url = urlsplit(base_url)
    if url.hostname != "127.0.0.1" or url.port is None:
        pytest.skip("the stack under test is not on this machine")
    return url.port


def superadmin(email: str, port: int, password: str = "") -> tuple[int, str]:
    """Do what the Makefile does; return the code and what was said last."""
    command = [sys.executable, "-m", "tools.superadmin", "--email", email, "--port", str(port)]
    given = {"FRAGUA_SUPERADMIN_PASSWORD": password} if password else {}
    # Of the packages of this repository, a user's Python finds none.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, env=kept | given, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout or done.stderr).splitlines()[-1]


def test_somebody_who_has_an_account_becomes_a_superadmin(newcomer: Person, port: int) -> None:
    code, said = superadmin(newcomer.email, port)
    assert (code, said.split()[0]) == (0, newcomer.email)
    # Addresses are not verified: the operator is told whose account it is.
    (since,) = re.findall(r"at (\S+ \S+) UTC", said)
    made = datetime.strptime(since, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(datetime.fromisoformat(newcomer.user["created_at"]) - made) < timedelta(seconds=2)
    assert newcomer.http.get("/v1/auth/session").json()["role"] == "superadmin"
    assert newcomer.http.get("/v1/users").status_code == 200


def test_who_registered_the_address_before_its_owner_stays_what_he_was(
    newcomer: Person, port: int
) -> None:
    code, said = superadmin(newcomer.email, port, "the owner's own")
    assert code == 1
    assert "another password" in said
    assert newcomer.http.get("/v1/auth/session").json()["role"] == "user"


def test_somebody_new_gets_the_password_that_is_given(base_url: str, port: int) -> None:
    email, password = new_email(), "the owner's own"
    for _ in range(2):
        code, said = superadmin(email, port, password)
        assert code == 0
        assert password not in said
    assert log_in(base_url, email, password).user["role"] == "superadmin"


def test_somebody_new_gets_an_account_with_the_password_that_is_shown(
    base_url: str, port: int
) -> None:
    email = new_email()
    _, said = superadmin(email, port)
    assert log_in(base_url, email, said.split()[-1]).user["role"] == "superadmin"
