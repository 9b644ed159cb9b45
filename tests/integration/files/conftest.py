"""Somebody who shares files by links, and a file to share."""

from __future__ import annotations

import pytest

from tests.integration.files.linking import of, sharer
from tests.support.backend import Client


@pytest.fixture(scope="module")
def owner(backend: dict[str, str]) -> Client:
    """Somebody whose plan allows links."""
    return sharer()


@pytest.fixture
def file_id(owner: Client) -> str:
    """A file of that person's."""
    return of(owner)
