"""A real streaming replica of the tests' PostgreSQL, which falls behind when it is told to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fragua.database import engine
from local.janitor import Janitor
from local.postgres import new_folder
from local.processes import free_port
from tests.support.backend import environment_of
from tests.support.bench import eventually
from tests.support.restarts import Server

# The server looks for its upstream every 5 s otherwise.
_IMPATIENT = ["-c", "wal_retrieve_retry_interval=50ms"]


@dataclass(frozen=True)
class Replica:
    """A running replica at `url` of the server `of`, which is at `upstream`."""

    url: str
    of: Server
    upstream: str

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Run the block as functions that read here, all caught up, and write there."""
        self.catch_up()
        with environment_of({"DATABASE_READER_URL": self.url}):
            yield
            engine.engine().dispose()
            engine.reader_engine().dispose()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the block see nothing here of what is written from now on."""
        self.catch_up()
        _ask(self.url, "select pg_wal_replay_pause()")
        eventually(lambda: _ask(self.url, "select pg_get_wal_replay_pause_state()"), _is_paused)
        try:
            yield
        finally:
            _ask(self.url, "select pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Wait until everything that is committed can be read here."""
        # The server does not wait for the disk, and hands nothing over that is not on it.
        mark = "select pg_logical_emit_message(false, 'tests', '', true)::text"
        wanted = _ask(self.upstream, mark)
        replayed = f"select pg_last_wal_replay_lsn() >= '{wanted}'"
        eventually(lambda: _ask(self.url, replayed), bool)


def _is_paused(state: str) -> bool:
    return state == "paused"


def _ask(url: str, question: str) -> Any:
    """Ask on a connection of its own, outside of any transaction."""
    asker = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with asker.connect() as db:
        return db.execute(sa.text(question)).scalar_one()


@contextmanager
def replica(upstream: str) -> Iterator[Replica]:
    """Copy the server that `upstream` leads to, which is the one of this process, and follow it."""
    server, port = Server.of_tests(), free_port()
    with Janitor() as janitor:
        folder = new_folder(janitor)
        folder.chmod(0o711)
        if os.geteuid() == 0:
            os.chown(folder, server.account, server.group)
        copy = Server(folder / "data", server.programs, server.account, server.group)
        janitor.owns_postgres(copy.data)
        # It writes into the copy, too, whom to follow.
        backup = ("--pgdata", str(copy.data), "--dbname", upstream, "--write-recovery-conf")
        server.run("pg_basebackup", *backup, "--checkpoint=fast", "--no-sync")
        copy.start([*server.options, "-c", f"port={port}", *_IMPATIENT])
        yield Replica(_at(upstream, port), server, _at(upstream))


def _at(url: str, port: int | None = None) -> str:
    at = sa.make_url(url).set(drivername="postgresql+psycopg2")
    return (at.set(port=port) if port else at).render_as_string(hide_password=False)
