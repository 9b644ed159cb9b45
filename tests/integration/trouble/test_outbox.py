"""What follows a commit, while sweepers meet and events fail; and a database that restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua import clock
from fragua.accounts import service as accounts
from fragua.database import outbox, writer
from fragua.database.outbox import outbox as events
from tests.support.backend import Client
from tests.support.bench import (
    COMMIT,
    INSERT,
    SELECT,
    Bench,
    assert_whole,
    closed_upload,
    committed,
    stored,
)
from tests.support.buckets import empty_outbox
from tests.support.faults import ALWAYS, Act, Fault

DATA = b"fragua " * 1000
DELETE = "S3 DeleteObject"


@pytest.fixture(autouse=True)
def _empty_outbox(bench: Bench) -> Iterator[None]:
    """Begin with nothing left undone, and leave nothing that can't be done."""
    empty_outbox()
    yield
    empty_outbox()


def add(kind: str) -> UUID:
    """Put an event into the outbox that is due now."""
    with writer() as db:
        event = outbox.add(db, kind, {})
    make_due()
    return event


def make_due() -> None:
    with writer() as db:
        db.execute(events.update().values(due_at=clock.now() - timedelta(seconds=5)))


def left() -> list[str]:
    with writer() as db:
        return list(db.execute(sa.select(events.c.kind).order_by(events.c.id)).scalars())


def test_sweepers_that_meet_do_no_event_twice(bench: Bench, client: Client) -> None:
    with writer() as db:
        for _ in range(20):
            outbox.add(db, accounts.ACCOUNT_CHANGED, {"user_id": client.user_id, "keep": None})
    make_due()
    # The first has taken them all, and has yet to commit that.
    faults = bench.plan({"SQL SELECT outbox": Fault(Act.FREEZE_AFTER)})
    first = bench.start("database.sweep_outbox", {}, FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    second = bench.start("database.sweep_outbox", {}, FRAGUA_TIME_SCALE="1")
    assert second.answer()["done"] == 0
    faults.thaw()
    assert first.answer()["done"] == 20
    assert left() == []


def test_an_event_that_a_sweeper_is_doing_is_not_taken_by_another(bench: Bench) -> None:
    add("slow")
    seen: list[int] = []

    def do(kind: str, payload: Any) -> None:
        seen.append(outbox.sweep(do)[0])

    assert outbox.sweep(do) == (1, [])
    assert seen == [0]


def test_an_event_that_always_fails_blocks_no_other(bench: Bench) -> None:
    add("poison")
    add("good")

    def do(kind: str, payload: Any) -> None:
        if kind == "poison":
            raise ValueError(kind)

    finished, errors = outbox.sweep(do)
    assert (finished, len(errors)) == (1, 1)
    assert left() == ["poison"]
    # It is not due again at once, so it does not fill the next run either.
    assert outbox.sweep(do) == (0, [])


def test_an_event_of_an_unknown_kind_blocks_no_other(bench: Bench, client: Client) -> None:
    add("unheard of")
    upload = delete_while_s3_is_down(bench, client)
    make_due()
    answer = bench.start("database.sweep_outbox", {}).answer()
    assert (answer["done"], answer["failed"]) == (1, 1)
    assert (left(), stored(client, upload), committed(client)) == (["unheard of"], None, 0)


def delete_while_s3_is_down(bench: Bench, client: Client) -> dict[str, Any]:
    upload = client.upload(DATA)
    with bench.here({DELETE: Fault(Act.ERROR, ALWAYS)}):
        path = f"/v1/files/{upload['file_id']}"
        assert client.call("files.delete", "DELETE", path).status == 204
        assert client.call("files.get", "GET", path).status == 404
    assert stored(client, upload) == DATA
    assert committed(client) == len(DATA)
    return upload


@pytest.mark.parametrize(
    "act", [Act.CUT_BEFORE, Act.CUT_AFTER], ids=["before the commit", "after the commit"]
)
def test_a_deletion_whose_event_stays_behind_gives_the_quota_back_once(
    bench: Bench, client: Client, act: Act
) -> None:
    client.upload(DATA)
    file_id = client.upload(DATA)["file_id"]
    # The second commit forgets the event whose work was done.
    with bench.here({"SQL COMMIT 2": Fault(act)}):
        assert client.call("files.delete", "DELETE", f"/v1/files/{file_id}").status == 204
    make_due()
    bench.start("database.sweep_outbox", {}).answer()
    assert left() == []
    assert committed(client) == len(DATA)


@pytest.mark.parametrize("step", ["SQL SELECT files", INSERT, SELECT, COMMIT])
@pytest.mark.parametrize("act", [Act.CUT_BEFORE, Act.CUT_AFTER])
def test_a_connection_that_ends_during_publication_makes_the_message_come_again(
    bench: Bench, client: Client, step: str, act: Act
) -> None:
    upload = closed_upload(client, DATA)
    bench.plan({step: Fault(act)})
    again = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert bench.assemble(upload, client).answer() == again
    assert client.get(upload)["status"] == "assembling"
    assert bench.assemble(upload, client).answer() == {"batchItemFailures": []}
    assert_whole(client, upload, DATA)
