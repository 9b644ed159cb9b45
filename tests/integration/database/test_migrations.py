"""Migrations go up, down and up again, and make the tables that the code describes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fragua.accounts import tables as _accounts
from fragua.buckets import tables as _buckets
from fragua.catalog import tables as _catalog
from fragua.database import migrate, reader
from fragua.database import outbox as _outbox
from fragua.database import repeats as _repeats
from fragua.database.engine import engine
from fragua.database.metadata import metadata
from fragua.files import tables as _files
from fragua.images import tables as _images
from fragua.notifications import tables as _notifications
from fragua.videos import tables as _videos
from tests.support.backend import invoke
from tests.support.bench import eventually
from tests.support.databases import own_database

DESCRIBED = {
    *(_accounts.users, _accounts.plans, _buckets.buckets, _files.files, _files.links),
    *(_images.images, _outbox.outbox, _repeats.repeats),
    *(_catalog.products, _catalog.history, _catalog.views, _catalog.counted_views),
    *(_notifications.notifications, _videos.videos, _videos.votes, _videos.players),
}


@pytest.fixture
def empty(backend: dict[str, str]) -> Iterator[None]:
    """A database of its own, with nothing in it."""
    with own_database(backend):
        yield


def tables() -> set[str]:
    with reader() as db:
        return set(sa.inspect(db).get_table_names()) - {"alembic_version"}


@pytest.mark.usefixtures("empty")
def test_migrations_go_up_and_down_and_up_again() -> None:
    migrate.upgrade()
    assert tables() == set(metadata.tables) == {table.name for table in DESCRIBED}
    migrate.downgrade("base")
    assert tables() == set()
    migrate.upgrade()
    assert tables() == set(metadata.tables)


@pytest.mark.usefixtures("empty")
def test_the_newest_revision_is_reached_from_every_earlier_one_and_left_again() -> None:
    scripts = ScriptDirectory.from_config(migrate.configuration())
    for script in reversed(list(scripts.walk_revisions())):
        migrate.upgrade(script.revision)
        migrate.upgrade()
        assert tables() == set(metadata.tables)
        migrate.downgrade(script.revision)
        migrate.upgrade(script.revision)
    assert tables() == set(metadata.tables)


@pytest.mark.usefixtures("empty")
def test_the_migrated_tables_are_those_that_the_code_describes() -> None:
    migrate.upgrade()
    with reader() as db:
        context = MigrationContext.configure(db, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.usefixtures("empty")
def test_keys_and_indexes_have_the_columns_that_the_code_says() -> None:
    migrate.upgrade()
    names = metadata.tables
    described = {
        (table.name, index.name): index.dialect_options["postgresql"]["include"] or []
        for table in names.values()
        for index in table.indexes
    }
    with reader() as db:
        look = sa.inspect(db)
        found = {
            (table, index["name"]): index["dialect_options"]["postgresql_include"]
            for table in names
            for index in look.get_indexes(table)
            if "duplicates_constraint" not in index
        }
        keys = {table: look.get_pk_constraint(table)["constrained_columns"] for table in names}
    assert found == described
    assert keys == {name: table.primary_key.columns.keys() for name, table in names.items()}


@pytest.mark.usefixtures("empty")
def test_a_migration_that_was_done_is_not_done_again() -> None:
    first, again = invoke("database.migrate", {}), invoke("database.migrate", {})
    assert first == again
    head = ScriptDirectory.from_config(migrate.configuration()).get_current_head()
    assert first == {"revision": head, "role": "none"}


def test_checks_keep_a_role_that_does_not_exist_out(backend: dict[str, str]) -> None:
    values = {"email_key": uuid4().hex, "role": "king", "plan": "basic"}
    text = dict.fromkeys(("email", "password_hash", "first_name", "last_name"), "x")
    row = {"id": uuid4(), "created_at": sa.func.now(), **values, **text}
    king = _accounts.users.insert().values(row)
    with reader() as db, pytest.raises(sa.exc.IntegrityError, match="users_role_check"):
        db.execute(king)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("before", "after", "table"),
    [
        ("0004", "0005", _accounts.users),
        ("0006", "0007", _files.files),
        ("0007", "0008", _accounts.users),
        ("0010", "0011", _accounts.users),
    ],
)
def test_indexes_come_and_go_while_others_read_and_write(
    before: str, after: str, table: sa.Table
) -> None:
    migrate.upgrade(before)
    others = sa.create_engine(engine().url, poolclass=sa.NullPool)
    report = others.execution_options(isolation_level="REPEATABLE READ")
    with ThreadPoolExecutor(1) as thread, report.connect() as reads, others.connect() as db:
        reads.execute(sa.select(table.c.id))
        migrating = thread.submit(migrate.upgrade, after)
        # It waits for a report that takes its time, and nobody waits for it.
        eventually(lambda: waiting(db), bool)
        db.execute(sa.text("set lock_timeout = '2s'"))
        db.execute(sa.select(table.c.id))
        db.execute(table.delete())
        db.rollback()
        reads.rollback()
        migrating.result(30)


def waiting(db: sa.Connection) -> bool:
    """Tell whether somebody waits for a lock."""
    mine = "datname = current_database() and wait_event_type = 'Lock'"
    found = db.execute(sa.text(f"select from pg_stat_activity where {mine}")).rowcount > 0
    db.rollback()
    return found


@pytest.mark.usefixtures("empty")
def test_an_index_that_broke_off_is_made_anew() -> None:
    migrate.upgrade("0007")
    with engine().begin() as db:
        db.exec_driver_sql("create index users_id_idx on users (plan)")
    migrate.upgrade()
    with reader() as db:
        (made,) = [i for i in sa.inspect(db).get_indexes("users") if i["name"] == "users_id_idx"]
    assert made["column_names"] == ["id"]


CITIES = ["Ávila", "ISTANBUL", None, "straße"]


@pytest.mark.usefixtures("empty")
def test_people_who_were_there_are_found_by_their_city() -> None:
    migrate.upgrade("0008")
    text = dict.fromkeys(("password_hash", "first_name", "last_name"), "x")
    values = {"role": "user", "plan": "basic", "created_at": sa.func.now(), **text}
    with engine().begin() as db:
        for city in CITIES:
            one = {"id": uuid4(), "email": uuid4().hex, "email_key": uuid4().hex, "city": city}
            db.execute(_accounts.users.insert().values(one | values))
    migrate.upgrade()
    with reader() as db:
        found = db.execute(sa.select(_accounts.users.c.city, _accounts.users.c.city_key)).all()
    assert {tuple(row) for row in found} == {(city, city and city.casefold()) for city in CITIES}


@pytest.mark.usefixtures("empty")
def test_a_migration_that_needs_a_lock_holds_nobody_up_behind_a_long_report() -> None:
    migrate.upgrade("0009")
    others = sa.create_engine(engine().url, poolclass=sa.NullPool)
    with others.connect() as reads:
        reads.exec_driver_sql("lock table users in access share mode")
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            migrate.upgrade()
        reads.rollback()
    migrate.upgrade()
    assert tables() == set(metadata.tables)


UPGRADE = [sys.executable, "-c", "from fragua.database import migrate; migrate.upgrade()"]


@pytest.mark.usefixtures("empty")
def test_of_two_migrations_at_once_one_is_done() -> None:
    migrate.upgrade("0006")
    others = sa.create_engine(engine().url, poolclass=sa.NullPool)
    report = others.execution_options(isolation_level="REPEATABLE READ")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with report.connect() as reads, others.connect() as db:
        reads.execute(sa.select(_files.files.c.id))
        with subprocess.Popen(UPGRADE, env=environment) as first:
            eventually(lambda: waiting(db), bool)
            with pytest.raises(RuntimeError, match="another migration is under way"):
                migrate.upgrade()
            reads.rollback()
            assert first.wait(30) == 0
    # Nothing is left to do, and nobody holds the lock.
    migrate.upgrade()
    assert tables() == set(metadata.tables)
