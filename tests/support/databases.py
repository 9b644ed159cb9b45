"""Databases of one's own, on the server that the other tests use too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

import sqlalchemy as sa

from fragua.database.engine import engine
from tests.support.backend import environment_of


@contextmanager
def own_database(backend: Mapping[str, str]) -> Iterator[None]:
    """Run the block on a database with nothing in it, which is dropped afterwards."""
    name = f"test_{uuid4().hex}"
    url = sa.make_url(backend["DATABASE_URL"]).set(drivername="postgresql+psycopg2")
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.execute(sa.text(f"create database {name}"))
    own = url.set(database=name).render_as_string(hide_password=False)
    with environment_of({"DATABASE_URL": own}):
        yield
        engine().dispose()
    with server.connect() as db:
        db.execute(sa.text(f"drop database {name} with (force)"))
    server.dispose()


def fill(*statements: str, analyzed: tuple[str, ...]) -> None:
    """Run statements that add rows; then let PostgreSQL know what the tables hold."""
    with engine().begin() as db:
        # Otherwise the commit comes before the log is written, and vacuum does not trust the rows.
        db.execute(sa.text("set local synchronous_commit to on"))
        for statement in statements:
            db.execute(sa.text(statement))
    # Vacuumed as well, as tables are that have been there for a while: indexes alone answer then.
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(sa.text(f"vacuum analyze {', '.join(analyzed)}"))
