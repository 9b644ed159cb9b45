"""Who one is: `fragua register`, `login`, `logout`, `whoami`, and the file with the tokens."""

from __future__ import annotations

import stat
import subprocess
from dataclasses import replace
from pathlib import Path

from fragua_client import Session, SessionFile
from tests.e2e.client.conftest import Cli
from tests.e2e.support.people import Person, again, refresh
from tests.e2e.support.waiting import at_once


def registered(cli: Cli, email: str) -> Cli:
    names = ("--first-name", "Dora", "--last-name", "Smith")
    cli.good("register", "--email", email, *names)
    return cli


def test_registering_logs_in(stranger: Cli, email: str) -> None:
    assert email in registered(stranger, email).good("whoami").out


def test_only_its_owner_can_read_the_tokens(stranger: Cli, email: str) -> None:
    registered(stranger, email)
    path = stranger.session_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_server_of_the_last_login_is_remembered(stranger: Cli, email: str) -> None:
    registered(stranger, email)
    assert email in replace(stranger, url="").good("whoami").out


def test_logging_out_ends_the_session_and_its_file(stranger: Cli, email: str) -> None:
    registered(stranger, email).good("logout")
    assert not (stranger.session_file).exists()
    ran = stranger.run("whoami")
    assert ran.code == 1
    assert "fragua login" in ran.err


def test_a_wrong_password_is_no_traceback(stranger: Cli, carla: Person) -> None:
    wrong = replace(stranger, more={"FRAGUA_PASSWORD": "not the password"})
    ran = wrong.run("login", "--email", carla.email)
    assert ran.code == 1
    assert "bad_credentials" in ran.err


def test_a_password_may_be_piped_in(stranger: Cli, carla: Person) -> None:
    piping = replace(stranger, more={})
    with piping.start("login", "--email", carla.email, stdin=subprocess.PIPE) as process:
        out, err = process.communicate(f"{carla.password}\n", timeout=30)
    assert (process.returncode, err) == (0, "")
    assert carla.email in out


def test_without_a_password_it_says_where_one_can_come_from(stranger: Cli) -> None:
    ran = replace(stranger, more={}).run("login", "--email", "a@example.com")
    assert ran.code == 1
    assert "FRAGUA_PASSWORD" in ran.err


def test_a_session_that_ended_elsewhere_asks_to_log_in_again(
    base_url: str, carla: Person, tmp_path: Path
) -> None:
    other = again(base_url, carla)
    cli = Cli(base_url, tmp_path, other).as_if_logged_in()
    assert other.http.post("/v1/auth/logout").status_code == 204
    ran = cli.run("whoami")
    assert ran.code == 1
    assert "Log in again: fragua login" in ran.err


def test_tokens_go_to_no_other_server(cli: Cli) -> None:
    ran = cli.run("whoami", "--url", "http://127.0.0.1:9")
    assert ran.code == 1
    assert "Not logged in at http://127.0.0.1:9" in ran.err


def test_a_damaged_file_is_named(cli: Cli) -> None:
    path = cli.session_file
    path.write_text("{")
    ran = cli.run("whoami")
    assert ran.code == 1
    assert str(path) in ran.err


def test_those_who_share_a_session_do_not_burn_each_others_tokens(
    base_url: str, carla: Person, tmp_path: Path
) -> None:
    """All see the same access token expire at once; a second refresh would end the session."""
    cli = Cli(base_url, tmp_path, again(base_url, carla)).as_if_logged_in()
    stale = SessionFile(cli.session_file).load()
    assert stale
    spent: list[Session] = []

    def spend(session: Session) -> Session:
        spent.append(session)
        tokens = refresh(base_url, session.refresh_token).json()
        secrets = tokens["access_token"], tokens["refresh_token"]
        return replace(session, access_token=secrets[0], refresh_token=secrets[1])

    # A file of its own for each, as processes have: what they share is the lock in the kernel.
    renew = [lambda: SessionFile(cli.session_file).renew(stale, spend)] * 6
    renewed = at_once(renew)
    assert len(spent) == 1
    assert len({session.access_token for session in renewed}) == 1
    cli.good("whoami")
