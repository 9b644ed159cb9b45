"""Sessions and accounts while something breaks off in the middle."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.support.backend import Answer, Client
from tests.support.bench import Bench, eventually
from tests.support.events import http_event
from tests.support.faults import ALWAYS, Act, Fault

UPDATE, COMMIT = "DynamoDB UpdateItem", "SQL COMMIT"
# Of a registration, the first two count it.
ITEM = f"{UPDATE} 3"


def refresh(client: Client, token: str | None = None) -> Answer:
    body = {"refresh_token": token or client.refresh_token}
    return client.call("accounts.refresh", "POST", "/v1/auth/refresh", body, token=None)


def session(client: Client, token: str | None = None) -> int:
    more = {"token": token} if token else {}
    return client.call("accounts.get_session", "GET", "/v1/auth/session", **more).status


def login(client: Client, password: str | None = None) -> Answer:
    body = {"email": client.email, "password": password or client.password}
    return client.call("accounts.login", "POST", "/v1/auth/login", body, token=None)


def sweep_outbox(bench: Bench) -> Any:
    return bench.start("database.sweep_outbox", {}).answer()


def assert_unavailable(answer: Answer) -> None:
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_a_lost_reply_to_the_rotation_costs_nobody_the_session(
    bench: Bench, client: Client
) -> None:
    with bench.here({UPDATE: Fault(Act.CUT_AFTER, 2)}) as faults:
        answer = refresh(client)
        # The SDK asked again, and that was not taken for a second use of the token.
        assert faults.seen.count(f"{UPDATE} 3") == 1
    assert answer.status == 200
    assert session(client, answer.body["access_token"]) == 200
    assert refresh(client, answer.body["refresh_token"]).status == 200


@pytest.mark.parametrize("act", [Act.CUT_BEFORE, Act.CUT_AFTER])
def test_a_database_that_breaks_off_does_not_spend_the_refresh_token(
    bench: Bench, client: Client, act: Act
) -> None:
    with bench.here({"SQL SELECT users": Fault(act, ALWAYS)}):
        assert_unavailable(refresh(client))
    assert refresh(client).status == 200


def test_a_rotation_that_never_reached_the_table_does_not_spend_the_refresh_token(
    bench: Bench, client: Client
) -> None:
    with bench.here({UPDATE: Fault(Act.ERROR, ALWAYS)}):
        assert_unavailable(refresh(client))
    assert refresh(client).status == 200


def new_person() -> Client:
    return Client(email=f"{uuid4().hex}@example.com")


def register(client: Client) -> Answer:
    body = {"email": client.email, "password": client.password}
    names = {"first_name": "Ada", "last_name": "Lovelace"}
    return client.call("accounts.register", "POST", "/v1/auth/register", {**body, **names})


def test_a_registration_whose_item_could_not_be_written_is_mended_by_logging_in(
    bench: Bench,
) -> None:
    person = new_person()
    with bench.here({ITEM: Fault(Act.ERROR, ALWAYS)}):
        assert_unavailable(register(person))
    tokens = login(person)
    assert tokens.status == 200
    assert session(person, tokens.body["access_token"]) == 200


def test_a_registration_whose_item_could_not_be_written_is_mended_by_the_sweeper(
    bench: Bench,
) -> None:
    person = new_person()
    with bench.here({ITEM: Fault(Act.ERROR, ALWAYS)}, FRAGUA_TIME_SCALE="100"):
        assert_unavailable(register(person))
    eventually(lambda: sweep_outbox(bench)["done"], lambda done: done > 0)
    # Without the item an upload could not even be reserved.
    person.token = login(person).body["access_token"]
    assert person.create({"file_name": "a", "size": 1})


@pytest.mark.parametrize("act", [Act.CUT_BEFORE, Act.CUT_AFTER])
def test_a_registration_without_a_reply_from_the_database_exists_once_or_not_at_all(
    bench: Bench, act: Act
) -> None:
    person = new_person()
    with bench.here({COMMIT: Fault(act)}):
        assert_unavailable(register(person))
    assert register(person).status == (201 if act is Act.CUT_BEFORE else 409)
    assert login(person).status == 200


def test_a_password_change_that_died_after_its_commit_ends_the_other_sessions_all_the_same(
    bench: Bench, client: Client
) -> None:
    other = login(client).body["access_token"]
    new = "another correct horse"
    body = {"current_password": client.password, "new_password": new}
    event = http_event("POST", "/v1/auth/password", body, token=client.token)
    # The commit of the change is the second: the first one read the old hash.
    faults = bench.plan({f"{COMMIT} 2": Fault(Act.FREEZE_AFTER)})
    worker = bench.start("accounts.change_password", event, FRAGUA_TIME_SCALE="100")
    faults.await_freeze()
    worker.kill()
    bench.plan()
    assert login(client).status == 401
    eventually(lambda: (sweep_outbox(bench), session(client, other))[1], lambda s: s == 401)
    assert session(client) == 200
    assert login(client, new).status == 200


def test_logging_out_everywhere_can_be_repeated_when_the_database_was_down(
    bench: Bench, client: Client
) -> None:
    other = login(client).body["access_token"]

    def everywhere() -> Answer:
        return client.call("accounts.logout", "POST", "/v1/auth/logout", {"everywhere": True})

    with bench.here({COMMIT: Fault(Act.CUT_BEFORE, ALWAYS)}):
        assert_unavailable(everywhere())
    assert session(client) == 200
    assert everywhere().status == 204
    assert (session(client), session(client, other)) == (401, 401)
