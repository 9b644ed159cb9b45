"""What must follow a commit follows it, at once or later, however often it fails first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua import clock, dynamodb
from fragua.accounts.tables import users
from fragua.database import outbox, reader, writer
from fragua.settings import settings
from tests.support.backend import Client, environment_of, invoke
from tests.support.buckets import empty_outbox
from tests.support.logs import parsed
from tests.support.outages import down

table = outbox.outbox


@pytest.fixture(autouse=True)
def _empty_outbox(backend: dict[str, str]) -> Iterator[None]:
    """Begin with nothing left undone, and leave nothing that can't be done."""
    empty_outbox()
    yield
    empty_outbox()


def add(kind: str = "job", *, due: float = -1, **payload: Any) -> UUID:
    """Write an event that is due in so many seconds."""
    with writer() as db:
        event = outbox.add(db, kind, payload)
        moment = clock.now() + timedelta(seconds=due)
        db.execute(table.update().where(table.c.id == event).values(due_at=moment))
    return event


def row(event: UUID) -> Any:
    with reader() as db:
        return db.execute(sa.select(table).where(table.c.id == event)).one_or_none()


def fail(_kind: str, _payload: Any) -> None:
    raise ValueError("not now")


def test_what_is_due_is_done_once_in_order_and_forgotten() -> None:
    events = [add(n=n) for n in range(3)]
    did: list[int] = []
    for expected in (3, 0):
        done, errors = outbox.sweep(lambda _, payload: did.append(payload["n"]))
        assert (done, errors) == (expected, [])
    assert did == [0, 1, 2]
    assert [row(event) for event in events] == [None] * 3


def test_its_writer_has_half_a_minute_for_itself() -> None:
    with writer() as db:
        event = outbox.add(db, "job", {})
    assert outbox.sweep(fail) == (0, [])
    due = row(event).due_at
    assert timedelta(seconds=25) < due - clock.now() <= timedelta(seconds=30)


def test_what_was_done_at_once_is_not_done_again() -> None:
    event = add()
    outbox.done(event)
    assert outbox.sweep(fail) == (0, [])


def test_an_event_of_a_change_that_was_rolled_back_never_was() -> None:
    with suppress(ZeroDivisionError), writer() as db:
        event = outbox.add(db, "job", {})
        assert db.in_transaction()
        raise ZeroDivisionError
    assert row(event) is None


@pytest.mark.parametrize(
    ("attempts", "pause"), [(0, 30), (1, 60), (2, 120), (6, 1920), (7, 3600), (500, 3600)]
)
def test_what_fails_is_tried_again_after_a_pause_that_doubles(attempts: int, pause: int) -> None:
    event = add()
    with writer() as db:
        db.execute(table.update().values(attempts=attempts))
    _, errors = outbox.sweep(fail)
    assert [str(error) for error in errors] == ["not now"]
    found = row(event)
    assert found.attempts == attempts + 1
    assert abs((found.due_at - clock.now()).total_seconds() - pause) <= 2


def test_a_pause_is_shortened_with_all_other_limits() -> None:
    with environment_of({"FRAGUA_TIME_SCALE": "30"}):
        event = add()
        outbox.sweep(fail)
        due: datetime = row(event).due_at
    assert due - clock.now() <= timedelta(seconds=2)


def test_one_that_fails_does_not_keep_the_others_waiting() -> None:
    bad, good = add(n=0), add(n=1)
    done, errors = outbox.sweep(lambda _, payload: 1 // payload["n"])
    assert (done, len(errors)) == (1, 1)
    assert row(bad)
    assert row(good) is None


@pytest.mark.parametrize("known_size", [1, 400])
def test_a_sweep_takes_no_more_than_it_can_do(known_size: int) -> None:
    # However many rows the planner believes in: for one it would loop over all of them.
    for _ in range(known_size):
        add()
    with writer() as db:
        db.execute(sa.text("ANALYZE outbox"))
        db.execute(table.delete())
    for n in range(3):
        add(n=n)
    assert outbox.sweep(lambda *_: None, limit=2)[0] == 2
    assert outbox.sweep(lambda *_: None, limit=2)[0] == 1


def swept() -> tuple[int, int]:
    """Run the sweeper; return how many events were done, and how many failed."""
    answer = invoke("database.sweep_outbox", {})
    return answer["done"], answer["failed"]


def test_an_account_that_dynamodb_was_not_told_of_is_mended(client: Client) -> None:
    dynamodb.delete(settings().accounts_table, {"user_id": client.user_id})
    add("account_changed", user_id=client.user_id, keep=None)
    assert swept() == (1, 0)
    assert client.call("accounts.get_session", "GET", "/v1/auth/session").status == 200


def test_a_session_that_was_to_be_kept_is_kept_late(client: Client) -> None:
    session = client.call("accounts.get_session", "GET", "/v1/auth/session").body["session_id"]
    with writer() as db:
        mine = users.c.id == UUID(client.user_id)
        epoch = db.execute(sa.select(users.c.session_epoch).where(mine)).scalar_one()
    add("account_changed", user_id=client.user_id, keep=session, epoch=epoch)
    assert swept() == (1, 0)
    assert client.call("accounts.get_session", "GET", "/v1/auth/session").status == 200


def test_an_event_of_a_kind_that_nobody_knows_stays_and_is_told(
    client: Client, lines: io.StringIO
) -> None:
    event = add("unheard of")
    assert swept() == (0, 1)
    assert row(event)
    assert told(lines) == ["ERROR"]


def test_an_event_that_finds_something_down_stays_and_is_no_error(
    client: Client, lines: io.StringIO
) -> None:
    event = add("account_changed", user_id=client.user_id, keep=None)
    with down("dynamodb", "UpdateItem"):
        assert swept() == (0, 1)
    assert row(event)
    assert told(lines) == ["WARNING"]


def told(lines: io.StringIO) -> list[str]:
    """Return the levels of what was left undone."""
    return [line["level"] for line in parsed(lines) if line["message"] == "left undone"]
