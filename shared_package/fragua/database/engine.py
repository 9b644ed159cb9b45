"""One connection a process, opened at the first use.

A Lambda environment serves one request at a time, so one connection is all it can use; RDS Proxy
pools behind it. Nothing here sends SET, `options=` or an advisory lock: they would pin the proxy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from fragua import aws
from fragua.errors import Unavailable
from fragua.settings import settings

# libpq's own: seconds to connect, milliseconds until unanswered bytes end a connection.
_PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 5}


@cache
def engine() -> sa.Engine:
    """Return this process's engine (PostgreSQL by psycopg2)."""
    return sa.create_engine(
        _url(),
        pool_size=1,
        max_overflow=0,
        # A frozen environment wakes up with a connection that ended long ago.
        pool_pre_ping=True,
        connect_args=_PATIENCE,
        hide_parameters=True,
    )


def _url() -> sa.URL:
    if settings().database_url:
        return sa.make_url(settings().database_url).set(drivername="postgresql+psycopg2")
    if not settings().database_secret:
        raise RuntimeError("neither DATABASE_URL nor DATABASE_SECRET is set")
    answer = aws.call("secretsmanager", "get_secret_value", SecretId=settings().database_secret)
    secret = json.loads(answer["SecretString"])
    return sa.URL.create(
        "postgresql+psycopg2",
        username=secret["username"],
        password=secret["password"],
        host=secret["host"],
        port=int(secret.get("port", 5432)),
        database=secret.get("dbname", "fragua"),
        query={"sslmode": "verify-full", "sslrootcert": "system"},
    )


@contextmanager
def writer() -> Iterator[sa.Connection]:
    """Open a transaction that commits at the end of the block, and rolls back on any exception.

    Raises `Unavailable` when the database cannot be reached, or left before it said yes.
    """
    with _translated(), engine().begin() as connection:
        yield connection


@contextmanager
def reader() -> Iterator[sa.Connection]:
    """Open a connection for reading."""
    with _translated(), engine().connect() as connection:
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        # Class 40 is a lost race (deadlock, serialization): the client may simply ask again.
        sqlstate = getattr(error.orig, "pgcode", None) or ""
        operational = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
        if error.connection_invalidated or operational or sqlstate.startswith(("40", "53", "57")):
            raise Unavailable("database") from error
        raise


def ping() -> None:
    """Ask the database for a sign of life; `Unavailable` if there is none."""
    with reader() as db:
        db.execute(sa.text("select 1"))
