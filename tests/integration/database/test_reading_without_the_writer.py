"""Reads wait for nobody who writes: not for a writer that is down, nor for one that is held up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from fragua.database.metadata import metadata
from tests.integration.test_events import prepared
from tests.support.backend import Client, invoke, new_client
from tests.support.functions import of_callers_in_the_database
from tests.support.paths import ROOT
from tests.support.replica import Replica


@pytest.fixture(scope="module")
def asked(backend: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The events of all functions that only read, each of somebody who has what it asks for."""
    events = ROOT / "events"
    return {
        name: prepared(events / f"{name.replace('.', '/')}.json", new_client())
        for name, (method, _) in of_callers_in_the_database().items()
        if method == "GET"
    }


@contextmanager
def stopped(follower: Replica) -> Iterator[None]:
    """Let there be no writer."""
    follower.of.stop()
    try:
        yield
    finally:
        follower.of.start()


@contextmanager
def locked(follower: Replica) -> Iterator[None]:
    """Let somebody hold all tables of the writer, which the replica does not know yet."""
    names = ", ".join(metadata.tables)
    with follower.paused(), sa.create_engine(follower.upstream).connect() as db:
        db.execute(sa.text(f"lock table {names} in access exclusive mode"))
        yield


@pytest.mark.parametrize("trouble", [stopped, locked], ids=["down", "locked"])
def test_whatever_only_reads_answers_while_the_writer_is(
    follower: Replica, asked: dict[str, dict[str, Any]], trouble: Any
) -> None:
    held_up: AbstractContextManager[None] = trouble(follower)
    with follower.environment(), held_up:
        answers = {name: invoke(name, event) for name, event in asked.items()}
    assert len(answers) >= 9
    assert {name: a["body"] for name, a in answers.items() if a["statusCode"] != 200} == {}


def test_what_writes_does_wait_for_it_and_says_so(follower: Replica, client: Client) -> None:
    with follower.environment(), stopped(follower):
        answer = client.call("accounts.update_me", "PATCH", "/v1/users/me", {"city": "Toledo"})
    assert (answer.status, answer.body["code"]) == (503, "unavailable")


def test_health_tells_the_two_apart(follower: Replica) -> None:
    def states() -> tuple[int, str, str]:
        answer = Client().call("service.health", "GET", "/v1/health")
        found = answer.body["dependencies"]
        return answer.status, found["database"], found["database_reader"]

    with follower.environment():
        assert states() == (200, "up", "up")
        with stopped(follower):
            assert states() == (503, "down", "up")
