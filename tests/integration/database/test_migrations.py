"""Migrations go up, down and up again, and make the tables that the code describes."""

from __future__ import annotations

from collections.abc import Iterator
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
from tests.support.backend import environment_of, invoke

DESCRIBED = {
    *(_accounts.users, _accounts.plans, _buckets.buckets, _files.files, _files.links),
    *(_images.images, _outbox.outbox, _repeats.repeats),
    *(_catalog.products, _catalog.history, _catalog.views, _catalog.counted_views),
    _notifications.notifications,
}


@pytest.fixture
def empty(backend: dict[str, str]) -> Iterator[str]:
    """A database of its own, with nothing in it."""
    name = f"test_{uuid4().hex}"
    url = sa.make_url(backend["DATABASE_URL"]).set(drivername="postgresql+psycopg2")
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.execute(sa.text(f"create database {name}"))
    own = url.set(database=name).render_as_string(hide_password=False)
    with environment_of({"DATABASE_URL": own}):
        yield own
        engine().dispose()
    with server.connect() as db:
        db.execute(sa.text(f"drop database {name}"))
    server.dispose()


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
def test_a_migration_that_was_done_is_not_done_again() -> None:
    first, again = invoke("database.migrate", {}), invoke("database.migrate", {})
    assert first == again
    head = ScriptDirectory.from_config(migrate.configuration()).get_current_head()
    assert first == {"revision": head}


def test_checks_keep_a_role_that_does_not_exist_out(backend: dict[str, str]) -> None:
    values = {"email_key": uuid4().hex, "role": "king", "plan": "basic"}
    text = dict.fromkeys(("email", "password_hash", "first_name", "last_name"), "x")
    row = {"id": uuid4(), "created_at": sa.func.now(), **values, **text}
    king = _accounts.users.insert().values(row)
    with reader() as db, pytest.raises(sa.exc.IntegrityError, match="users_role_check"):
        db.execute(king)
