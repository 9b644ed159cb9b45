"""A replica for the tests of reading."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.backend import Client
from tests.support.replica import Replica, replica


@pytest.fixture(scope="module")
def follower(backend: dict[str, str]) -> Iterator[Replica]:
    """A replica of the tests' PostgreSQL."""
    with replica(backend["DATABASE_URL"]) as started:
        yield started


@pytest.fixture
def behind(follower: Replica, client: Client, stranger: Client) -> Iterator[Replica]:
    """Read at a replica that stays where it is, and knows both users."""
    with follower.environment(), follower.paused():
        yield follower
