"""Somebody who may share files by links: for as long as the tests of a module run."""

from collections.abc import Iterator

import pytest

from tests.e2e.support.people import Person, register
from tests.e2e.support.plans import basic_with
from tests.e2e.support.sending import Json, publish, publish_all

DATA = b"bytes for whom they are meant"
OWN = b"bytes of its own"


@pytest.fixture(scope="module")
def sharer(base_url: str, superadmin: Person) -> Iterator[Person]:
    """A person whose plan allows temporary links."""
    with basic_with(superadmin, temporary_links=True):
        yield register(base_url)


@pytest.fixture(scope="module")
def file(sharer: Person) -> Json:
    """A file that many links lead to, and which no test changes."""
    return publish(sharer, DATA, file_name="for a friend.txt", content_type="text/plain")


@pytest.fixture(scope="module")
def shelf(sharer: Person) -> list[Json]:
    """Files that nobody has used yet, made in one go."""
    fields = {"file_name": "own.txt"}
    return publish_all(sharer, [(fields, OWN)] * 8)


@pytest.fixture
def own(sharer: Person, shelf: list[Json]) -> Json:
    """A file without links, to change or delete."""
    return shelf.pop() if shelf else publish(sharer, OWN, file_name="own.txt")
