"""The functions' role reads and writes rows, and can do nothing else to the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import sqlalchemy as sa

from fragua.accounts.tables import users
from fragua.database import migrate, reader, roles, writer
from fragua.database.engine import engine
from fragua.database.metadata import metadata
from fragua.errors import Unavailable
from tests.support.backend import environment_of, invoke, new_client
from tests.support.databases import own_database

# The group that Amazon RDS has for them.
BY_IAM = "rds_iam"


@dataclass(frozen=True)
class Role:
    """A role of PostgreSQL, and the URL to log in as it."""

    name: str
    url: str


@pytest.fixture(scope="module")
def role(backend: dict[str, str]) -> Iterator[Role]:
    """A database of its own, migrated for a role that functions log in as."""
    name = f"role_{uuid4().hex}"
    with own_database(backend):
        with environment_of({"DATABASE_ROLE": name}):
            assert invoke("database.migrate", {})["role"] == name
        with writer() as db:
            db.execute(sa.text(f"alter role {name} password 'p'"))
        url = engine().url.set(username=name, password="p")
        yield Role(name, url.render_as_string(hide_password=False))
        with writer() as db:
            db.execute(sa.text(f"drop owned by {name}"))
            db.execute(sa.text(f"drop role {name}"))


def test_it_reads_and_writes_every_table(role: Role) -> None:
    # Nothing is committed: the other tests need the plans.
    with environment_of({"DATABASE_URL": role.url}), reader() as db:
        for table in reversed(metadata.sorted_tables):
            db.execute(sa.select(table))
            db.execute(table.delete())
        db.execute(sa.text("select nextval('plan_versions')"))


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (id int)",
        "drop table outbox",
        "alter table users add column mine int",
        "truncate outbox",
        "update alembic_version set version_num = '0001'",
        "delete from alembic_version",
        "create role another",
        "select pg_read_file('/etc/passwd')",
        "select rolpassword from pg_authid",
    ],
)
def test_it_can_do_nothing_else(role: Role, statement: str) -> None:
    refused = pytest.raises(sa.exc.ProgrammingError, match="InsufficientPrivilege")
    with environment_of({"DATABASE_URL": role.url}), refused, writer() as db:
        db.execute(sa.text(statement))


def test_it_is_provided_again_and_again(role: Role) -> None:
    migrate.upgrade()
    roles.provide(role.name)
    roles.provide(role.name)


def test_people_register_and_log_in_by_it(role: Role) -> None:
    with environment_of({"DATABASE_URL": role.url}):
        client = new_client()
        assert client.call("accounts.get_me", "GET", "/v1/users/me").status == 200
        assert client.call("files.list", "GET", "/v1/files").status == 200


def test_a_row_that_somebody_keeps_locked_is_given_up(role: Role) -> None:
    with writer() as db:
        db.execute(sa.text(f"alter role {role.name} set lock_timeout = '100ms'"))
    with environment_of({"DATABASE_URL": role.url}):
        new_client()
        other = sa.create_engine(role.url)
        with other.connect() as keeps:
            keeps.execute(users.update().values(first_name="x"))
            with pytest.raises(Unavailable), writer() as db:
                db.execute(users.update().values(first_name="y"))
        other.dispose()
    roles.provide(role.name)


def test_its_limits_hold_for_each_of_its_connections(role: Role) -> None:
    with environment_of({"DATABASE_URL": role.url}), reader() as db:
        shown = [
            db.execute(sa.text(f"show {name}")).scalar_one()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        ]
    assert shown == ["10s", "8s", "1min"]


def test_in_rds_it_logs_in_by_iam(role: Role) -> None:
    with writer() as db:
        db.execute(sa.text(f"create role {BY_IAM}"))
    try:
        roles.provide(role.name)
        with reader() as db:
            member = sa.text("select pg_has_role(:role, :group, 'member')")
            assert db.execute(member, {"role": role.name, "group": BY_IAM}).scalar_one()
    finally:
        with writer() as db:
            db.execute(sa.text(f"drop role {BY_IAM}"))
