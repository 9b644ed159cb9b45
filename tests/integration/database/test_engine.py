"""Trouble with the database is told apart: try again, or a fault of ours."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from fragua import aws
from fragua.database import reader, writer
from fragua.database.engine import engine, ping, reader_engine
from fragua.errors import Unavailable
from tests.support.backend import environment_of

pytestmark = pytest.mark.usefixtures("backend")


def fail_with(sqlstate: str) -> None:
    """Let PostgreSQL raise an error of a class."""
    with writer() as db:
        db.execute(sa.text(f"do $$ begin raise sqlstate '{sqlstate}'; end $$"))


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "53300", "57P01", "57014"])
def test_what_may_help_to_repeat_is_unavailable(sqlstate: str) -> None:
    with pytest.raises(Unavailable):
        fail_with(sqlstate)


@pytest.mark.parametrize("sqlstate", ["42601", "22003", "P0001"])
def test_a_fault_of_ours_is_raised_as_it_is(sqlstate: str) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        fail_with(sqlstate)


def test_a_connection_that_was_cut_while_nobody_looked_is_made_anew() -> None:
    with reader() as db:
        pid = db.execute(sa.text("select pg_backend_pid()")).scalar_one()
    other = sa.create_engine(engine().url)
    with other.connect() as db:
        db.execute(sa.text("select pg_terminate_backend(:pid)"), {"pid": pid})
    other.dispose()
    ping()


def test_a_transaction_whose_connection_is_cut_is_no_yes() -> None:
    with pytest.raises(Unavailable), writer() as db:
        db.execute(sa.text("select pg_terminate_backend(pg_backend_pid())"))


def test_the_statement_of_an_error_shows_no_values() -> None:
    secret = uuid4().hex
    with pytest.raises(sa.exc.DBAPIError) as error, reader() as db:
        db.execute(sa.text("select 1 / 0 where :value <> ''"), {"value": secret})
    assert secret not in str(error.value)


def test_in_a_deployment_the_secret_names_the_database_and_tls_is_verified() -> None:
    secret = {"host": "db.example", "username": "u", "password": "p@/:", "dbname": "d"}
    answer = aws.call(
        "secretsmanager", "create_secret", Name=uuid4().hex, SecretString=json.dumps(secret)
    )
    with environment_of({"DATABASE_URL": "", "DATABASE_SECRET": answer["ARN"]}):
        url = engine().url
    assert (url.host, url.port, url.database) == ("db.example", 5432, "d")
    # What opens a connection reads the password then (test_login.py).
    assert (url.username, url.password) == ("u", None)
    assert url.query["sslmode"] == "verify-full"
    assert "BEGIN CERTIFICATE" in Path(str(url.query["sslrootcert"])).read_text()


def test_a_replica_is_reached_by_the_same_secret_but_for_its_host() -> None:
    secret = {"host": "db.example", "username": "u", "password": "p@/:", "port": 5433}
    answer = aws.call(
        "secretsmanager", "create_secret", Name=uuid4().hex, SecretString=json.dumps(secret)
    )
    deployed = {"DATABASE_URL": "", "DATABASE_SECRET": answer["ARN"]}
    with environment_of(deployed):
        assert reader_engine() is engine()
    with environment_of(deployed | {"DATABASE_READER_HOST": "replica.example"}):
        assert engine().url.host == "db.example"
        assert reader_engine().url == engine().url.set(host="replica.example")


def test_a_function_that_was_told_of_no_database_says_so() -> None:
    empty = {"DATABASE_URL": "", "DATABASE_SECRET": ""}
    with environment_of(empty), pytest.raises(RuntimeError, match="DATABASE_SECRET"):
        engine()
