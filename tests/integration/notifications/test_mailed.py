"""The mails about a change: one to each who is told, and to nobody a second one without need."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from botocore.exceptions import EndpointConnectionError

from fragua import aws
from fragua.catalog.tables import history as changes
from fragua.database import engine, writer
from fragua.errors import Unavailable
from fragua.notifications import service
from fragua.notifications.tables import notifications
from fragua.settings import settings
from tests.support.accounts import become
from tests.support.backend import Client, environment_of, invoke, mailbox
from tests.support.catalog import made, new_admin
from tests.support.events import queue_event
from tests.support.mails import part
from tests.support.queues import take


@pytest.fixture
def editor(backend: dict[str, str]) -> Client:
    """An admin who changes something, while no other mail waits."""
    queued()
    return new_admin()


def queued() -> list[dict[str, Any]]:
    """Take all mails that wait."""
    return take(settings().mail_queue_url)


def change_of(sku: str) -> UUID:
    with writer() as db:
        query = sa.select(changes.c.id).where(changes.c.sku == sku)
        found: UUID = db.execute(query).scalar_one()
    return found


def unmailed(history_id: UUID) -> int:
    kept = (notifications.c.history_id == history_id, notifications.c.mailed_at.is_(None))
    with writer() as db:
        return len(db.execute(sa.select(notifications.c.id).where(*kept)).all())


def test_a_change_is_mailed_to_each_other_admin_and_arrives(editor: Client) -> None:
    one, two = new_admin(), new_admin()
    history_id = change_of(made(editor, name="<b>Anvil</b> & Co")["sku"])
    service.tell_admins(history_id)
    mails = queued()
    addresses = [mail["to"] for mail in mails]
    assert {one.email, two.email} <= set(addresses)
    assert editor.email not in addresses
    assert len(addresses) == len(set(addresses))
    assert unmailed(history_id) == 0
    (mine,) = [mail for mail in mails if mail["to"] == one.email]
    assert invoke("notifications.send_mail", queue_event(mine)) == {"batchItemFailures": []}
    (mail,) = mailbox.of(one.email)
    assert editor.email in part(mail, "plain")
    assert "<b>Anvil</b> & Co" in part(mail, "plain")
    assert "&lt;b&gt;Anvil&lt;/b&gt; &amp; Co" in part(mail, "html")
    # And the message of the change may come again.
    service.tell_admins(history_id)
    assert queued() == []


def test_where_the_queue_fails_in_the_midst_only_the_rest_is_mailed_again(editor: Client) -> None:
    for _ in range(3):
        new_admin()
    history_id, sent = change_of(made(editor)["sku"]), list[int]()

    def fail_the_third(**_: Any) -> None:
        sent.append(1)
        if len(sent) == 3:
            raise EndpointConnectionError(endpoint_url="nowhere")

    events, name = aws.client("sqs").meta.events, "before-call.sqs.SendMessage"
    events.register(name, fail_the_third)
    try:
        with pytest.raises(Unavailable):
            service.tell_admins(history_id)
    finally:
        events.unregister(name, fail_the_third)
    first, left = queued(), unmailed(history_id)
    assert (len(first), left > 0) == (2, True)
    service.tell_admins(history_id)
    second = queued()
    assert len(second) == left
    assert not {mail["to"] for mail in first} & {mail["to"] for mail in second}


def test_a_worker_that_dies_leaves_only_the_rest_to_the_next_one(editor: Client) -> None:
    for _ in range(4):
        new_admin()
    history_id = change_of(made(editor)["sku"])
    child = os.fork()
    if child == 0:
        die_at_the_third_mail()
        service.tell_admins(history_id)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    first = {mail["to"] for mail in queued()}
    service.tell_admins(history_id)
    second = {mail["to"] for mail in queued()}
    # The last one may have been handed over already: at least once, they say.
    assert len(first) == 2
    assert len(first & second) <= 1
    assert len(second) >= 3


def die_at_the_third_mail() -> None:
    # What belongs to the parent is left alone: its connection, above all.
    engine.engine().dispose(close=False)
    sent: list[int] = []

    def die(**_: Any) -> None:
        sent.append(1)
        if len(sent) == 3:
            os._exit(9)

    aws.client("sqs").meta.events.register("before-call.sqs.SendMessage", die)


def test_who_was_disabled_before_the_mail_gets_none(editor: Client) -> None:
    other = new_admin()
    history_id = change_of(made(editor)["sku"])
    service.tell_admins(history_id)
    with writer() as db:
        db.execute(notifications.update().values(mailed_at=None))
    become(other, active=False)
    queued()
    service.tell_admins(history_id)
    assert other.email not in [mail["to"] for mail in queued()]


def test_without_a_sender_nothing_is_mailed_and_all_are_told(
    editor: Client, backend: dict[str, str]
) -> None:
    other = new_admin()
    history_id = change_of(made(editor)["sku"])
    with environment_of({**backend, "MAIL_SENDER": ""}):
        service.tell_admins(history_id)
    assert queued() == []
    answer = other.call("notifications.list", "GET", "/v1/notifications", query={"limit": "1"})
    assert len(answer.body["items"]) == 1
