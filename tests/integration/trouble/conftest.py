"""One bench for all: its proxies and the parent of its workers are started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.bench import Bench
from tests.support.workers import Workers


@pytest.fixture(scope="session")
def session_bench(backend: dict[str, str]) -> Iterator[Bench]:
    """The bench of the session."""
    with Workers(backend) as workers:
        bench = Bench(backend, workers)
        yield bench
        bench.close()


@pytest.fixture
def bench(session_bench: Bench) -> Iterator[Bench]:
    """The bench, with nothing planned."""
    session_bench.plan()
    yield session_bench
    session_bench.plan()
