"""One connection a process to each endpoint, opened at the first use.

A Lambda environment serves one request at a time, so one connection is all it can use; RDS Proxy
pools behind it. Nothing here sends SET, `options=` or an advisory lock: they would pin the proxy.
That a replica takes no writes is its own doing.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import cast

import psycopg2
import sqlalchemy as sa
from psycopg2 import extensions
from sqlalchemy.exc import DBAPIError, IntegrityError

from fragua import freshness
from fragua.database import login, replicas
from fragua.errors import Problem, Unavailable
from fragua.settings import settings

# libpq's own: seconds to connect, milliseconds until unanswered bytes end a connection.
_PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 5}

# Seconds that the server may take for one answer. A server that hangs, or a proxy that lost its
# server, still acknowledges every byte, so no setting of libpq would end the wait.
_answer: ContextVar[float | None] = ContextVar("answer", default=6)


@contextmanager
def unhurried() -> Iterator[None]:
    """Let statements of the block take as long as they need: migrations do."""
    before = _answer.set(None)
    try:
        yield
    finally:
        _answer.reset(before)


def _wait(connection: extensions.connection) -> None:
    """Wait for the server's answer, as psycopg2 itself does, but not for ever."""
    limit = _answer.get()
    deadline = time.monotonic() + limit if limit else None
    while (state := connection.poll()) != extensions.POLL_OK:
        left = max(0.0, deadline - time.monotonic()) if deadline else None
        ends = [connection.fileno()]
        read = ends if state == extensions.POLL_READ else []
        if not any(select.select(read, [] if read else ends, [], left)):
            raise psycopg2.OperationalError("the database did not answer in time")


@cache
def engine() -> sa.Engine:
    """Return this process's engine of the endpoint that is written (PostgreSQL by psycopg2)."""
    return _engine(settings().database_writer_url or login.url())


@cache
def reader_engine() -> sa.Engine:
    """Return this process's engine of the endpoint that is read: the same, or a replica's."""
    if not settings().has_reader:
        return engine()
    return _engine(settings().database_reader_url or login.url(settings().database_reader_host))


def forget() -> None:
    """Make the engines anew at the next use."""
    for cached in (engine, reader_engine):
        cached.cache_clear()
    login.forget()


def _engine(url: str | sa.URL) -> sa.Engine:
    extensions.set_wait_callback(_wait)
    made = sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg2"),
        pool_size=1,
        max_overflow=0,
        # A frozen environment wakes up with a connection that ended long ago.
        pool_pre_ping=True,
        connect_args=_PATIENCE,
        hide_parameters=True,
    )
    if isinstance(url, sa.URL):
        sa.event.listen(made, "do_connect", login.connect)
    return made


@contextmanager
def writer() -> Iterator[sa.Connection]:
    """Open a transaction that commits at the end of the block, and rolls back on any exception.

    Whatever decides about a write, or about what somebody may do, is read here, too. Raises
    `Unavailable` when the database cannot be reached, or left before it said yes.
    """
    try:
        with _translated(), engine().begin() as connection:
            yield connection
    except Unavailable:
        raise
    except (Problem, IntegrityError):
        # Whoever is refused for what the writer knows shall find that when he looks.
        _must_be_seen()
        raise
    _must_be_seen()


def _must_be_seen() -> None:
    if settings().has_reader:
        freshness.decided(position)


@contextmanager
def reader() -> Iterator[sa.Connection]:
    """Open a connection for reading what is shown.

    Where reads have an endpoint of their own it is that one, and the writer is not even asked;
    but for a caller, or a request, that was at the writer for what has not arrived there yet.
    """
    with _translated(), _reading() as connection:
        yield connection


@contextmanager
def _reading() -> Iterator[sa.Connection]:
    if not freshness.has_decided():
        with reader_engine().connect() as connection:
            if not settings().has_reader or replicas.has(connection, freshness.position()):
                yield connection
                return
    with engine().connect() as connection:
        yield connection


def position() -> int:
    """Return a position of the writer's log that lies after all that is committed by now."""
    with _translated(), engine().connect() as connection:
        return replicas.position(connection)


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


def violated(error: IntegrityError) -> str:
    """Return the name of the constraint that a row did not meet."""
    return cast(psycopg2.Error, error.orig).diag.constraint_name or ""


def ping(of: Callable[[], sa.Engine] = engine) -> None:
    """Ask an endpoint for a sign of life; `Unavailable` if there is none."""
    with _translated(), of().connect() as connection:
        connection.execute(sa.text("select 1"))
