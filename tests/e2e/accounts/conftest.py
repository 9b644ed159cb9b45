"""People by what they may do to the accounts of others."""

import pytest

from tests.e2e.support.catalog import Hire
from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import Json, publish


@pytest.fixture(scope="module")
def admin(hire: Hire) -> Person:
    """An admin whom the tests of a module share."""
    return hire()


@pytest.fixture(params=["user", "admin"])
def commoner(request: pytest.FixtureRequest, ana: Person, admin: Person) -> Person:
    """Somebody who is no superadmin: each test meets both kinds."""
    return {"user": ana, "admin": admin}[request.param]


@pytest.fixture(params=["admin", "superadmin"])
def reader(request: pytest.FixtureRequest, admin: Person, superadmin: Person) -> Person:
    """Somebody who may read all accounts: each test meets both kinds."""
    return {"admin": admin, "superadmin": superadmin}[request.param]


@pytest.fixture(scope="module")
def member(base_url: str) -> Person:
    """Somebody whose plan changes, with a session older than each change."""
    return register(base_url)


@pytest.fixture(scope="module")
def file(member: Person) -> Json:
    """A file of the member's."""
    return publish(member, b"a file that stays")
