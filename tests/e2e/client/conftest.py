"""The real command line in a process of its own, its user, and a gate where trouble is made."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from fragua_client import Session, SessionFile
from tests.e2e.support.gate import Gate, gate_before
from tests.e2e.support.people import PASSWORD, Person, new_email, register

MIB = 2**20
# Small pieces, so that a small file has several.
SMALL = ("--fragment-size", "5MiB")


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        """The one line of JSON that it printed."""
        said: dict[str, Any] = json.loads(self.out)
        return said


@dataclass(frozen=True)
class Cli:
    """`fragua` for one user at one server; its state is in `folder`."""

    url: str
    folder: Path
    person: Person | None = None
    more: dict[str, str] = field(default_factory=dict)

    def start(
        self, *arguments: str | Path, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[str]:
        """Start a command and don't wait."""
        skipped = {"FORCE_COLOR", "TTY_COMPATIBLE", "FRAGUA_PASSWORD"}
        kept = {name: value for name, value in os.environ.items() if name not in skipped}
        mine = {"XDG_STATE_HOME": str(self.folder / "state"), "FRAGUA_URL": self.url}
        return subprocess.Popen(
            [sys.executable, "-m", "fragua_client", *map(str, arguments)],
            env=kept | mine | self.more,
            cwd=self.folder,
            text=True,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str | Path) -> Ran:
        """Run a command to its end; it must never show a traceback."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=90)
        assert "Traceback" not in err, err
        return Ran(process.returncode, out, err)

    def good(self, *arguments: str | Path) -> Ran:
        """Run a command that must succeed."""
        ran = self.run(*arguments)
        assert ran.code == 0, ran
        return ran

    def as_if_logged_in(self) -> Cli:
        """Use the session that the person has: `login` has tests of its own."""
        assert self.person
        user, tokens = self.person.user, self.person.tokens
        secrets = tokens["access_token"], tokens["refresh_token"]
        SessionFile(self.session_file).save(Session(self.url, user["id"], user["email"], *secrets))
        return self

    def logged_in(self) -> Cli:
        """Log in as the person, by the command."""
        assert self.person
        secret = replace(self, more=self.more | {"FRAGUA_PASSWORD": self.person.password})
        secret.good("login", "--email", self.person.email)
        return self

    @property
    def session_file(self) -> Path:
        """Where the tokens are."""
        return self.folder / "state" / "fragua" / "session.json"

    def write(self, size: int, name: str = "big.bin") -> Path:
        """A file of random bytes in the folder."""
        path = self.folder / name
        path.write_bytes(secrets.token_bytes(size))
        return path

    @property
    def journal(self) -> list[Path]:
        """What is remembered of uploads."""
        return list((self.folder / "state" / "fragua" / "uploads").glob("*"))


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """What a shell starts in its background ignores SIGINT, and so would the commands here."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def carla(base_url: str) -> Person:
    """The user of the command line."""
    return register(base_url, first_name="Carla")


@pytest.fixture
def cli(base_url: str, carla: Person, tmp_path: Path) -> Cli:
    """The command line of somebody who is logged in."""
    return Cli(base_url, tmp_path, carla).as_if_logged_in()


@pytest.fixture
def stranger(base_url: str, tmp_path: Path) -> Cli:
    """The command line of somebody without an account."""
    return Cli(base_url, tmp_path, more={"FRAGUA_PASSWORD": PASSWORD})


@pytest.fixture
def gate(base_url: str) -> Iterator[Gate]:
    """A gate before the API and the store."""
    with gate_before(base_url) as opened:
        yield opened


@pytest.fixture
def gated(gate: Gate, carla: Person, tmp_path: Path) -> Cli:
    """The command line of somebody who speaks to the server through the gate."""
    return Cli(gate.url, tmp_path, carla).as_if_logged_in()


@pytest.fixture
def email() -> str:
    """An address that nobody has used."""
    return new_email()
