"""The network and the server at their worst: the file arrives all the same, and no secret leaks."""

from __future__ import annotations

import re
import time

import pytest

from tests.e2e.client.conftest import MIB, SMALL, Cli
from tests.e2e.support.gate import Gate
from tests.e2e.support.hurry import Ageing
from tests.e2e.support.people import Person, register

PUT = r"PUT /store/.*partNumber=2&"
COMPLETE = r"POST /v1/uploads/[^/]+/complete"


def test_a_store_that_asks_to_wait_is_given_its_time(gated: Cli, gate: Gate) -> None:
    gate.plan(PUT, status=503, headers={"Retry-After": "2"})
    path = gated.write(11 * MIB)
    began = time.monotonic()
    said = gated.good("upload", path, *SMALL, "--json").json()
    assert time.monotonic() - began >= 2
    assert said["sent"] == 3
    assert len(gate.lines(PUT)) == 2


@pytest.mark.parametrize("status", [429, 500, 502, 504])
def test_an_api_that_is_in_trouble_is_asked_again(gated: Cli, gate: Gate, status: int) -> None:
    gate.plan(r"POST /v1/uploads$", status=status, headers={"Retry-After": "0"})
    gate.plan(COMPLETE, status=status, headers={"Retry-After": "0"})
    gated.good("upload", gated.write(10))


def test_a_key_that_is_still_worked_on_is_waited_for(gated: Cli, gate: Gate) -> None:
    problem = b'{"code": "in_progress", "detail": "Wait."}'
    gate.plan(r"POST /v1/uploads$", status=409, headers={"Retry-After": "1"}, body=problem)
    gated.good("upload", gated.write(10))


def test_a_connection_cut_in_the_middle_of_a_fragment_is_made_again(gated: Cli, gate: Gate) -> None:
    gate.plan(PUT, cut_after=2 * MIB, times=2)
    ran = gated.good("upload", gated.write(11 * MIB), *SMALL, "--json")
    assert ran.json()["sent"] == 3
    assert len(gate.lines(PUT)) == 3
    # What was sent in vain is taken back.
    assert max(map(int, re.findall(r"(\d+) %", ran.err))) == 100


def test_answers_that_are_lost_do_no_harm(gated: Cli, gate: Gate) -> None:
    gate.plan(PUT, lose_answer=True)
    gate.plan(COMPLETE, lose_answer=True)
    gated.good("upload", gated.write(11 * MIB), *SMALL)


def test_a_url_that_is_refused_is_replaced_by_a_fresh_one(gated: Cli, gate: Gate) -> None:
    gate.plan(PUT, status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
    gated.good("upload", gated.write(11 * MIB), *SMALL)
    assert len(gate.lines(r"POST /v1/uploads/[^/]+/fragments")) == 1


def test_a_server_that_stays_away_ends_it_with_a_sentence(cli: Cli) -> None:
    ran = cli.run("whoami", "--url", "http://127.0.0.1:9")
    assert ran.code == 1
    assert "Not logged in at http://127.0.0.1:9" in ran.err


def test_the_store_is_never_shown_the_bearer_token(gated: Cli, gate: Gate) -> None:
    path = gated.write(100)
    file_id = gated.good("upload", "-q", path).out.strip()
    gated.good("download", file_id, "-o", gated.folder / "back")
    store = [seen for seen in gate.seen if "/store/" in seen.line]
    assert {seen.line.split()[0] for seen in store} == {"PUT", "GET"}
    assert not any(seen.authorized for seen in store)


def test_verbose_shows_requests_but_no_secret(gated: Cli) -> None:
    err = gated.good("upload", "-v", gated.write(100)).err
    assert "POST" in err
    assert "/complete -> 202" in err
    tokens = gated.session_file.read_text()
    secrets = [part for part in tokens.split('"') if part.count(".") == 2]
    assert secrets
    for word in ["X-Amz-", "uploadId", *secrets]:
        assert word not in err


def test_expired_tokens_and_urls_are_renewed(ageing: Ageing, cli: Cli) -> None:
    """Tokens live for a third of a second there, and presigned URLs for one."""
    person: Person = register(ageing.base_url)
    hurried = Cli(ageing.base_url, cli.folder, person).logged_in()
    said = hurried.good("upload", hurried.write(11 * MIB), *SMALL, "--json").json()
    assert said["fragments"] == 3
    hurried.good("whoami")
