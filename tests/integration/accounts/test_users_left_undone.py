"""What has to follow a change of somebody's account, and is late or comes twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua.accounts import service
from fragua.accounts.tables import users
from fragua.database import engine, outbox, writer
from fragua.settings import settings
from tests.support.accounts import become
from tests.support.backend import Answer, Client, invoke, new_client
from tests.support.outages import down, refused
from tests.support.plan_admin import body as plan_body
from tests.support.plan_admin import create as create_plan
from tests.support.queues import take

USERS = "/v1/users"


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
    return take(settings().backlog_queue_url)


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
    payload = {"user_id": client.user_id}
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


def test_who_asks_again_for_a_deletion_that_got_no_answer_ends_the_sessions(
    superadmin: Client, client: Client
) -> None:
    path = f"/v1/users/{client.user_id}"
    with down("dynamodb", "UpdateItem"):
        assert superadmin.call("accounts.delete_user", "DELETE", path).status == 503
    assert superadmin.call("accounts.delete_user", "DELETE", path).status == 404
    assert now(client).body["code"] == "session_ended"


def test_a_session_that_was_to_be_kept_and_was_ended_since_stays_ended(
    superadmin: Client, client: Client
) -> None:
    body = {"current_password": client.password, "new_password": "battery staple"}
    # The session is carried over, the account's new epoch gets lost.
    with refused("dynamodb", "UpdateItem", "InternalServerError", 500, only=b"session_epoch"):
        path = "/v1/auth/password"
        assert client.call("accounts.change_password", "POST", path, body).status == 503
    owner = logged_in(client.email, "battery staple")
    everywhere = {"everywhere": True}
    assert owner.call("accounts.logout", "POST", "/v1/auth/logout", everywhere).status == 204
    assert now(client).status == 401
    sweep()
    assert now(client).status == 401


def logged_in(email: str, password: str) -> Client:
    client = Client(email=email, password=password)
    body = {"email": email, "password": password}
    client.token = client.call("accounts.login", "POST", "/v1/auth/login", body).body[
        "access_token"
    ]
    return client


def test_a_password_is_not_changed_of_an_account_that_was_deleted_meanwhile(
    superadmin: Client, client: Client
) -> None:
    user_id, met = UUID(client.user_id), list[str]()

    def delete_first(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE users SET password_hash") and not met:
            met.append(statement)
            other = sa.create_engine(engine.engine().url)
            gone = {"deleted_at": sa.func.now(), "active": False}
            with other.begin() as db:
                db.execute(users.update().where(users.c.id == user_id).values(gone))
            other.dispose()

    sa.event.listen(engine.engine(), "before_cursor_execute", delete_first)
    try:
        body = {"current_password": client.password, "new_password": "battery staple"}
        answer = client.call("accounts.change_password", "POST", "/v1/auth/password", body)
    finally:
        sa.event.remove(engine.engine(), "before_cursor_execute", delete_first)
    assert (len(met), answer.status) == (1, 403)


def test_a_creation_is_repeated_though_its_plan_is_gone(superadmin: Client) -> None:
    name = create_plan(superadmin, plan_body()).body["name"]
    person = {"email": f"{name}@example.com", "password": "correct horse", "role": "user"}
    new = {**person, "first_name": "Ada", "last_name": "Lovelace", "plan": name}
    key = {"idempotency-key": name}
    first = superadmin.call("accounts.create_user", "POST", USERS, new, headers=key)
    assert first.status == 201
    moved = Client(user_id=first.body["id"])
    assert change(superadmin, moved, plan="basic").status == 200
    assert superadmin.call("accounts.delete_plan", "DELETE", f"/v1/plans/{name}").status == 204
    again = superadmin.call("accounts.create_user", "POST", USERS, new, headers=key)
    assert (again.status, again.body["id"]) == (201, first.body["id"])
    # Another request is told of what is wrong in its body before what is in its way.
    answer = superadmin.call("accounts.create_user", "POST", USERS, new)
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/plan")
