"""Fixtures of all suites that run handlers in their own process."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import hypothesis
import pytest

from tests.support.backend import Client, deployed, new_client
from tests.support.logs import written

# A busy machine is no fault of the code; and CI judges a change by the same examples each time.
hypothesis.settings.register_profile("fragua", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("fragua")

pytest_plugins = ["tests.support.granted"]


@pytest.fixture(scope="session")
def backend() -> Iterator[dict[str, str]]:
    """The services with the template deployed; the value is the functions' environment."""
    with deployed() as environment:
        yield environment


@pytest.fixture
def client(backend: dict[str, str]) -> Client:
    """A new user, logged in."""
    return new_client()


@pytest.fixture
def stranger(backend: dict[str, str]) -> Client:
    """Another new user, logged in."""
    return new_client()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log lines of the test."""
    with written() as noted:
        yield noted
