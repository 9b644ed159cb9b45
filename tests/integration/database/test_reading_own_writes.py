"""What a client wrote it reads at once, however far behind the replica is; others do not wait."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from fragua import dynamodb, freshness
from fragua.accounts import plans, store
from fragua.accounts.schemas import NewPlan
from fragua.database import engine, replicas
from fragua.settings import settings
from tests.support import plan_admin
from tests.support.accounts import become
from tests.support.backend import Client, environment_of
from tests.support.bench import eventually
from tests.support.outages import counted, down
from tests.support.own_writes import WRITES, a_profile, listed, me
from tests.support.replica import Replica
from tests.support.statements import statements

POSITION = "pg_current_wal_insert_lsn"


@pytest.mark.parametrize("write", WRITES, ids=lambda write: str(write.__name__))
def test_what_was_written_is_read_at_once(
    behind: Replica, client: Client, write: Callable[[Client], bool]
) -> None:
    assert write(client)


def test_what_a_request_has_committed_it_reads_itself(behind: Replica) -> None:
    freshness.begin()
    new = NewPlan(**plan_admin.body())
    plans.create(UUID(int=7), new)
    assert new.name in {plan.name for plan in plans.page(200, None)[0]}


def test_a_plan_that_a_migration_brought_is_told_to_uploads_at_once(
    behind: Replica, client: Client
) -> None:
    become(client, role="superadmin")
    name = plan_admin.create(client, plan_admin.body()).body["name"]
    dynamodb.delete(settings().plans_table, {"name": name})
    freshness.begin()
    plans.write_all()
    assert store.load_limits(name)


def test_others_read_what_the_replica_has_and_do_not_ask_the_writer(
    behind: Replica, client: Client, stranger: Client
) -> None:
    become(client, role="superadmin")
    new = plan_admin.body()
    assert plan_admin.create(client, new).status == 201
    with statements() as to_the_writer:
        seen = listed(stranger, "accounts.list_plans", "/v1/plans", "name")
    assert (new["name"] in seen, to_the_writer) == (False, [])
    assert new["name"] in listed(client, "accounts.list_plans", "/v1/plans", "name")


def test_whoever_wrote_reads_at_the_replica_again_once_it_is_there(
    follower: Replica, client: Client
) -> None:
    with follower.environment():
        with follower.paused():
            assert a_profile(client)
        follower.catch_up()
        with statements() as to_the_writer, statements(engine.reader_engine) as to_the_replica:
            assert [me(client)["city"] for _ in range(3)] == ["Toledo"] * 3
    assert to_the_writer == []
    # How far it is is asked once, and then known.
    asked = [sent for sent, _ in to_the_replica if "replay" in sent]
    assert (len(asked), len(to_the_replica)) == (1, 4)


def test_a_log_that_ends_with_its_page_keeps_nobody_from_the_replica(follower: Replica) -> None:
    with follower.environment():
        with engine.engine().connect() as db:
            db.execute(sa.text("select pg_switch_wal()"))
            wanted = replicas.position(db)

        def there() -> bool:
            with engine.reader_engine().connect() as db:
                return replicas.has(db, wanted)

        # Ten seconds later the server writes something of its own.
        eventually(there, bool, seconds=4)


def noted(client: Client) -> int:
    item = dynamodb.get(settings().accounts_table, {"user_id": client.user_id})
    assert item is not None
    position: int = item.get("position", 0)
    return position


def test_a_request_that_writes_asks_once_and_notes_once(follower: Replica, client: Client) -> None:
    with follower.environment():
        before = noted(client)
        with statements() as sent, counted("dynamodb", "UpdateItem") as notes:
            assert a_profile(client)
        assert noted(client) > before
    assert len([text for text, _ in sent if POSITION in text]) == 1
    assert len(notes) == 1


def test_where_all_read_at_the_writer_nothing_is_asked_and_nothing_noted(client: Client) -> None:
    with statements() as sent, counted("dynamodb", "UpdateItem") as notes:
        assert a_profile(client)
    assert [text for text, _ in sent if "wal" in text] == []
    assert (notes, noted(client)) == ([], 0)


def test_a_server_that_is_no_replica_is_never_behind(follower: Replica, client: Client) -> None:
    with follower.environment():
        assert a_profile(client)
    # The writer by another name, as where a replica was done away with, or took its place.
    same = f"{follower.upstream}?application_name=reader"
    with environment_of({"DATABASE_READER_URL": same}), statements() as to_the_writer:
        assert me(client)["city"] == "Toledo"
        engine.reader_engine().dispose()
    assert to_the_writer == []


def test_a_note_that_fails_is_logged_and_the_request_is_answered(
    follower: Replica, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with follower.environment(), down("dynamodb", "UpdateItem"):
        answer = client.call("accounts.update_me", "PATCH", "/v1/users/me", {"city": "Toledo"})
        assert (answer.status, answer.body["city"]) == (200, "Toledo")
    assert "position not noted" in caplog.messages
    assert me(client)["city"] == "Toledo"


def test_a_position_only_goes_up_and_makes_no_account(client: Client) -> None:
    user_id, nobody = UUID(client.user_id), UUID(int=7)
    with counted("dynamodb", "UpdateItem") as notes:
        for position in (10, 5):
            store.note_position(user_id, position)
    # The role may read nothing of the item.
    assert [b"ReturnValues" in note["body"] for note in notes] == [False, False]
    store.note_position(nobody, 10)
    assert noted(client) == 10
    assert store.load_account(nobody) is None
