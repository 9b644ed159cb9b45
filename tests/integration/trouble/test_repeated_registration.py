"""A registration with an Idempotency-Key dies or loses its answer: the account is made once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from fragua.accounts.tables import users
from fragua.database import reader
from tests.support.backend import Answer, Client
from tests.support.bench import Bench
from tests.support.events import http_event
from tests.support.faults import ALWAYS, Act, Fault

# What a registration asks of others, in order. The first test fails when there is a step more.
STEPS = (
    "SQL SELECT repeats",
    "SQL COMMIT",
    # It is counted, twice.
    "DynamoDB UpdateItem",
    "DynamoDB UpdateItem 2",
    # The key to digest the request with.
    "SecretsManager GetSecretValue",
    "SQL INSERT INTO repeats",
    "SQL INSERT INTO users",
    "SQL INSERT INTO outbox",
    "SQL COMMIT 2",
    "SQL SELECT users",
    "SQL COMMIT 3",
    "DynamoDB UpdateItem 3",
    "SQL DELETE FROM outbox",
    "SQL COMMIT 4",
)
MOMENTS = {"before": Act.FREEZE_BEFORE, "after": Act.FREEZE_AFTER}
PASSWORD = "correct horse"
MANY = 8


def request(email: str, key: str) -> dict[str, Any]:
    """Make the event of a registration."""
    names = {"first_name": "Ada", "last_name": "Lovelace"}
    body = {"email": email, "password": PASSWORD, **names}
    return http_event("POST", "/v1/auth/register", body, headers={"idempotency-key": key})


def register(email: str, key: str, **more: str) -> Answer:
    names = {"first_name": "Ada", "last_name": "Lovelace"}
    body = {"email": email, "password": PASSWORD, **names, **more}
    headers = {"idempotency-key": key}
    return Client().call("accounts.register", "POST", "/v1/auth/register", body, headers=headers)


def made(email: str) -> list[str]:
    """Return the ids of the accounts with that address."""
    with reader() as db:
        found = db.execute(sa.select(users.c.id).where(users.c.email_key == email)).scalars()
        return [str(user_id) for user_id in found]


def assert_made_once(email: str, answer: Answer) -> None:
    assert answer.status == 201, answer
    assert made(email) == [answer.body["id"]]
    credentials = {"email": email, "password": PASSWORD}
    login = Client().call("accounts.login", "POST", "/v1/auth/login", credentials)
    assert login.status == 200
    client = Client(token=login.body["access_token"])
    (upload,) = client.create({"file_name": "a", "size": 1})
    assert upload["status"] == "receiving"


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}@example.com"


def test_the_steps_above_are_all_there_are(bench: Bench, email: str) -> None:
    faults = bench.plan()
    answer = bench.start("accounts.register", request(email, "key")).answer()
    assert answer["statusCode"] == 201
    assert tuple(faults.seen) == STEPS


@pytest.mark.parametrize(
    ("step", "moment"),
    [pytest.param(s, m, id=f"killed {m} {s}") for s in STEPS[6:] for m in MOMENTS],
)
def test_a_killed_registration_is_sent_again_and_is_there_once(
    bench: Bench, email: str, step: str, moment: str
) -> None:
    faults = bench.plan({step: Fault(MOMENTS[moment])})
    worker = bench.start("accounts.register", request(email, "key"), FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    worker.kill()
    bench.plan()
    before = made(email)
    answer = register(email, "key")
    assert before in ([], [answer.body["id"]])
    assert_made_once(email, answer)


def test_the_key_of_a_killed_registration_stands_for_that_request_alone(
    bench: Bench, email: str
) -> None:
    faults = bench.plan({"SQL COMMIT 2": Fault(Act.FREEZE_AFTER)})
    worker = bench.start("accounts.register", request(email, "key"), FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    worker.kill()
    bench.plan()
    assert register(email, "key", first_name="Eve").status == 422
    assert register(email, "other").status == 409
    assert_made_once(email, register(email, "key"))


@pytest.mark.parametrize("times", [1, ALWAYS])
@pytest.mark.parametrize("step", ["SQL COMMIT 2", "DynamoDB UpdateItem 3"])
def test_the_lost_reply_of_a_registration_makes_no_second_account(
    bench: Bench, email: str, step: str, times: int
) -> None:
    with bench.here({step: Fault(Act.CUT_AFTER, times)}):
        first = register(email, "key")
    # The SDK sends a request to DynamoDB again by itself.
    assert first.status == (201 if (step, times) == ("DynamoDB UpdateItem 3", 1) else 503)
    assert len(made(email)) == 1
    assert_made_once(email, register(email, "key"))


def test_of_many_registrations_with_one_key_at_once_one_makes_an_account(
    bench: Bench, email: str
) -> None:
    bench.plan()
    event = request(email, "key")
    workers = [bench.start("accounts.register", event, FRAGUA_TIME_SCALE="1") for _ in range(MANY)]
    assert [worker.answer()["statusCode"] for worker in workers] == [201] * MANY
    assert_made_once(email, register(email, "key"))


def test_of_many_registrations_with_other_keys_one_makes_an_account(
    bench: Bench, email: str
) -> None:
    bench.plan()
    workers = [
        bench.start("accounts.register", request(email, f"{n}"), FRAGUA_TIME_SCALE="1")
        for n in range(MANY)
    ]
    statuses = sorted(worker.answer()["statusCode"] for worker in workers)
    assert statuses == [201] + [409] * (MANY - 1)
