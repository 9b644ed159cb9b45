"""What has to follow a change of somebody's account, and is late or comes twice."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
import sqlalchemy as sa

from fragua.accounts import service
from fragua.database import outbox, writer
from fragua.settings import settings
from tests.support.accounts import become
from tests.support.backend import Answer, Client, invoke, new_client
from tests.support.outages import down


@pytest.fixture
def superadmin(backend: dict[str, str]) -> Client:
    client = new_client()
    become(client, role="superadmin")
    with writer() as db:
        db.execute(outbox.outbox.delete())
    told()
    return client


def told() -> list[dict[str, Any]]:
    """Take what waits in the backlog of thumbnails."""
    sqs, queue, bodies = boto3.client("sqs"), settings().backlog_queue_url, list[str]()
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(body) for body in bodies]


def kinds() -> list[str]:
    with writer() as db:
        return list(db.execute(sa.select(outbox.outbox.c.kind)).scalars())


def sweep() -> None:
    """Do what is left in the outbox, as if its time had come."""
    with writer() as db:
        db.execute(outbox.outbox.update().values(due_at=sa.func.now() - sa.text("'1 h'::interval")))
    result = invoke("database.sweep_outbox", {})
    assert result["failed"] == 0
    assert kinds() == []


def change(by: Client, whom: Client, **values: Any) -> Answer:
    return by.call("accounts.update_user", "PATCH", f"/v1/users/{whom.user_id}", values)


def now(client: Client) -> Answer:
    return client.call("accounts.get_session", "GET", "/v1/auth/session")


def test_a_change_that_dynamodb_was_not_told_of_is_told_later(
    superadmin: Client, client: Client
) -> None:
    with down("dynamodb", "UpdateItem"):
        assert change(superadmin, client, role="admin").status == 503
    assert now(client).body["role"] == "user"
    sweep()
    assert now(client).body["role"] == "admin"


def test_a_deletion_that_dynamodb_was_not_told_of_ends_the_sessions_later(
    superadmin: Client, client: Client
) -> None:
    with down("dynamodb", "UpdateItem"):
        path = f"/v1/users/{client.user_id}"
        assert superadmin.call("accounts.delete_user", "DELETE", path).status == 503
    sweep()
    assert now(client).body["code"] == "session_ended"


def test_an_old_event_of_an_account_that_was_deleted_is_done_and_forgotten(
    superadmin: Client, client: Client
) -> None:
    payload = {"user_id": client.user_id, "keep": None}
    with writer() as db:
        outbox.add(db, service.ACCOUNT_CHANGED, payload)
    path = f"/v1/users/{client.user_id}"
    assert superadmin.call("accounts.delete_user", "DELETE", path).status == 204
    sweep()
    assert now(client).status == 401


def test_who_is_on_another_plan_gets_its_thumbnails(superadmin: Client, client: Client) -> None:
    assert change(superadmin, client, plan="premium").status == 200
    assert told() == [{"plan": "premium", "owner_id": client.user_id}]
    assert change(superadmin, client, plan="premium", city="London").status == 200
    assert told() == []
    assert kinds() == []


def test_thumbnails_of_another_plan_are_asked_for_later_where_the_queue_is_down(
    superadmin: Client, client: Client
) -> None:
    with down("sqs", "SendMessage"):
        assert change(superadmin, client, plan="premium").status == 200
    assert kinds() == ["plan_taken"]
    sweep()
    assert told() == [{"plan": "premium", "owner_id": client.user_id}]


def test_a_plan_that_there_is_not_changes_nothing(superadmin: Client, client: Client) -> None:
    answer = change(superadmin, client, plan="no-such-plan")
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/plan")
    assert now(client).body["plan"] == "basic"
