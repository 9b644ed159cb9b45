"""A transaction next to those of the functions: somebody else who holds a lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from tests.support.bench import Bench


@contextmanager
def beside(bench: Bench) -> Iterator[sa.Connection]:
    """Open a transaction on a connection of its own, past the proxies; nothing of it is kept."""
    url = sa.make_url(bench.direct["DATABASE_URL"]).set(drivername="postgresql+psycopg2")
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as db:
        yield db
