"""A replica for the tests of reading."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.replica import Replica, replica


@pytest.fixture(scope="module")
def follower(backend: dict[str, str]) -> Iterator[Replica]:
    """A replica of the tests' PostgreSQL."""
    with replica(backend["DATABASE_URL"]) as started:
        yield started
