"""Two superadmins take the role from each other at the same moment: never is nobody left."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from fragua.accounts.tables import users
from fragua.database import writer
from tests.support.backend import Client, invoke, new_client
from tests.support.bench import Bench
from tests.support.catalog import create, new_sku
from tests.support.editing import Json, creation
from tests.support.events import http_event
from tests.support.faults import Act, Fault
from tests.support.lanes import lanes, let_go
from tests.support.plan_admin import new_superadmin

SELECT, COMMIT = "SQL SELECT users", "SQL COMMIT"


@pytest.fixture
def pair(bench: Bench) -> list[Client]:
    """The only two superadmins."""
    with writer() as db:
        db.execute(users.update().where(users.c.role == "superadmin").values(role="user"))
    return [new_superadmin() for _ in range(2)]


def superadmins() -> set[str]:
    query = sa.text(
        "select id from users where role = 'superadmin' and active and deleted_at is null"
    )
    with writer() as db:
        return {str(found) for found in db.execute(query).scalars()}


def demotion(by: Client, whom: Client) -> tuple[str, Json]:
    body = {"role": "admin"}
    event = http_event("PATCH", f"/v1/users/{whom.user_id}", body, token=by.token)
    return "accounts.update_user", event


def closure(by: Client, whom: Client) -> tuple[str, Json]:
    event = http_event("PATCH", f"/v1/users/{whom.user_id}", {"active": False}, token=by.token)
    return "accounts.update_user", event


def deletion(by: Client, whom: Client) -> tuple[str, Json]:
    return "accounts.delete_user", http_event("DELETE", f"/v1/users/{whom.user_id}", token=by.token)


WAYS = (demotion, closure, deletion)


@pytest.mark.parametrize(("rounds", "step"), [(10, -1), (4, 1)], ids=["the other", "oneself"])
def test_of_two_who_put_a_superadmin_out_at_once_one_is_refused(
    bench: Bench, pair: list[Client], rounds: int, step: int
) -> None:
    for number in range(rounds):
        ways, whom = (WAYS[number % 3], WAYS[number // 3 % 3]), pair[::step]
        faults = bench.plan({SELECT: Fault(Act.FREEZE_BEFORE, 2)})
        workers = [
            bench.start(*way(by, other), FRAGUA_TIME_SCALE="1")
            for way, by, other in zip(ways, pair, whom, strict=True)
        ]
        let_go(faults, SELECT, 2)
        answers = [worker.answer() for worker in workers]
        (lost,) = [at for at in (0, 1) if answers[at]["statusCode"] == 409]
        won = 1 - lost
        assert json.loads(answers[lost]["body"])["code"] == "last_superadmin"
        assert answers[won]["statusCode"] == (204 if ways[won] is deletion else 200)
        assert superadmins() == {whom[lost].user_id}
        # Whoever is out stays out; somebody else comes in.
        pair[pair.index(whom[won])] = new_superadmin()


def test_superadmins_who_change_something_else_wait_for_no_deletion_of_a_user(
    bench: Bench, pair: list[Client]
) -> None:
    with lanes(bench) as start:
        # The superadmins are kept as they are until this one is done.
        slow = start({COMMIT: Fault(Act.FREEZE_BEFORE)}, *deletion(pair[0], new_client()))
        slow.faults.await_freeze()
        for superadmin in pair:
            assert create(superadmin).status == 201
        slow.faults.thaw()
        assert slow.worker.answer()["statusCode"] == 204


def test_a_deletion_of_a_user_waits_for_nothing_else_that_superadmins_change(
    bench: Bench, pair: list[Client]
) -> None:
    with lanes(bench) as start:
        event = creation(pair[0], new_sku())
        slow = start({COMMIT: Fault(Act.FREEZE_BEFORE)}, "catalog.create", event)
        slow.faults.await_freeze()
        assert invoke(*deletion(pair[1], new_client()))["statusCode"] == 204
        slow.faults.thaw()
        assert slow.worker.answer()["statusCode"] == 201
