"""Who is told of a change, of what, and how often."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua.catalog.tables import history as changes
from fragua.database import writer
from tests.support.accounts import become
from tests.support.backend import Client, invoke, new_client
from tests.support.catalog import change, create, delete, made, new_admin, new_sku
from tests.support.events import queue_event

NOTIFICATIONS = "/v1/notifications"


@pytest.fixture
def editor(backend: dict[str, str]) -> Client:
    return new_admin()


@pytest.fixture
def other(backend: dict[str, str]) -> Client:
    return new_admin()


def work(sku: str) -> None:
    """Run the worker on the messages of a SKU's changes, each twice."""
    with writer() as db:
        query = sa.select(changes.c.id).where(changes.c.sku == sku).order_by(changes.c.id)
        ids = db.execute(query).scalars().all()
    bodies = [{"history_id": str(each)} for each in ids]
    event = queue_event(*bodies, *bodies)
    assert invoke("notifications.tell_admins", event) == {"batchItemFailures": []}


def told(client: Client, sku: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.call("notifications.list", "GET", NOTIFICATIONS, query=query)
    assert answer.status == 200, answer
    return [each for each in answer.body["items"] if each["sku"] == sku]


def read(client: Client, notification_id: str) -> int:
    path = f"{NOTIFICATIONS}/{notification_id}/read"
    return client.call("notifications.read", "POST", path).status


def test_each_change_is_told_to_every_other_admin_once(editor: Client, other: Client) -> None:
    boss = new_client()
    become(boss, role="superadmin")
    product = made(editor)
    changed = change(editor, product, name="Hammer").body
    assert delete(editor, product["sku"]).status == 204
    work(product["sku"])
    for each in (other, boss):
        found = told(each, product["sku"])
        kinds = ["product_deleted", "product_updated", "product_created"]
        assert [one["kind"] for one in found] == kinds
        assert {one["changed_by"] for one in found} == {editor.user_id}
        assert found[1]["changes"] == {"name": ["Anvil", "Hammer"]}
        assert found[2]["changes"]["price"] == [None, product["price"]]
        assert found[0]["changes"]["name"] == [changed["name"], None]
        assert [one["read_at"] for one in found] == [None] * 3
    assert told(editor, product["sku"]) == []


def test_who_may_not_come_in_or_is_no_admin_is_not_told(editor: Client) -> None:
    disabled, gone, user, demoted = new_admin(), new_admin(), new_client(), new_admin()
    become(demoted, role="user")
    boss = new_client()
    become(boss, role="superadmin")
    assert boss.call("accounts.delete_user", "DELETE", f"/v1/users/{gone.user_id}").status == 204
    become(disabled, active=False)
    product = made(editor)
    work(product["sku"])
    become(disabled, active=True)
    assert told(disabled, product["sku"]) == []
    assert told(user, product["sku"]) == told(demoted, product["sku"]) == []


def test_a_change_that_changes_nothing_is_told_to_nobody(editor: Client, other: Client) -> None:
    product = made(editor)
    answer = change(editor, product, name=product["name"], price=product["price"])
    assert (answer.status, answer.body) == (200, product)
    assert change(editor, product).body == product
    work(product["sku"])
    assert len(told(other, product["sku"])) == 1


def test_a_product_that_could_not_be_made_is_told_to_nobody(editor: Client, other: Client) -> None:
    sku = new_sku()
    made(editor, sku)
    assert create(editor, sku.lower()).status == 409
    work(sku)
    assert len(told(other, sku)) == 1


def test_a_notification_is_read_by_whom_it_is_for_and_stays_read(
    editor: Client, other: Client
) -> None:
    product = made(editor)
    work(product["sku"])
    (one,) = told(other, product["sku"])
    assert [read(editor, one["id"]), read(other, one["id"])] == [404, 204]
    first = told(other, product["sku"])[0]["read_at"]
    assert first is not None
    assert read(other, one["id"]) == 204
    assert told(other, product["sku"])[0]["read_at"] == first


def test_pages_are_newest_first_and_neither_repeat_nor_skip(editor: Client, other: Client) -> None:
    sku = new_sku()
    product = made(editor, sku)
    for name in ("B", "C", "D"):
        product = change(editor, product, name=name).body
    work(sku)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        query = {"limit": "2", **cursor}
        page = other.call("notifications.list", "GET", NOTIFICATIONS, query=query).body
        seen += [each["id"] for each in page["items"] if each["sku"] == sku]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == 4
    assert seen == sorted(seen, reverse=True)
    assert [UUID(each).version for each in seen] == [7] * 4


def test_a_message_about_no_change_of_ours_is_done(backend: dict[str, str]) -> None:
    event = queue_event({"history_id": "019aa3c0-0000-7000-8000-00000000dead"})
    assert invoke("notifications.tell_admins", event) == {"batchItemFailures": []}
