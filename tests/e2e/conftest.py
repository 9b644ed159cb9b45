"""The stacks under test and the people in them.

`FRAGUA_BASE_URL` names a stack that runs already; without it one is started here and ended by
SIGTERM. Tests of expiry always have a second one of their own, on which time runs faster.
"""

import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.e2e.support.catalog import Hire
from tests.e2e.support.clients import client, store, transport
from tests.e2e.support.hurry import SCALE, Ageing, prepare
from tests.e2e.support.people import Person, keep_awake, log_in, register
from tests.e2e.support.routes import Operations
from tests.e2e.support.sending import Json
from tests.e2e.support.stack import SUPERADMIN_EMAIL, SUPERADMIN_PASSWORD, LocalStack
from tests.e2e.support.users import enlist, remove
from tests.support.mails import Mailbox


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for an expiry comes last: the time passes while the other tests run.

    And all tests of stacks come after all others: a stack costs something while nobody asks it.
    """
    items.sort(key=lambda item: (needs_stack(item), needs_age(item)))
    for item in filter(runs_commands, items):
        item.add_marker(pytest.mark.timeout(120))
    for item in filter(needs_age, items):
        item.add_marker(pytest.mark.timeout(180))


def needs_stack(item: pytest.Item) -> bool:
    """Whether the test is one of this folder's."""
    return item.path.is_relative_to(Path(__file__).parent)


def needs_age(item: pytest.Item) -> bool:
    """Whether the test is about what grew old on the faster stack."""
    return "ageing" in getattr(item, "fixturenames", ())


def runs_commands(item: pytest.Item) -> bool:
    """Whether the test waits for whole processes to start and to end."""
    return item.path.parent.name == "client"


@pytest.fixture(scope="session", autouse=True)
def hurried(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Future[Ageing] | None"]:
    """Begins, beside the tests, a stack on which time runs faster, if any test asks for it."""
    if not any(map(needs_age, request.session.items)):
        yield None
        return
    stack = LocalStack(tmp_path_factory.mktemp("hurried") / "stderr", SCALE)
    stack.start()
    try:
        with ThreadPoolExecutor(1) as beside:
            yield beside.submit(lambda: prepare(stack.ready(seconds=120)))
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def ageing(hurried: "Future[Ageing] | None") -> Ageing:
    """The faster stack, and what has been growing old on it since the tests began."""
    assert hurried is not None
    return hurried.result(timeout=180)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack | None]:
    """The stack under test; None where one is given that runs already."""
    if os.environ.get("FRAGUA_BASE_URL"):
        yield None
        return
    stack = LocalStack(tmp_path_factory.mktemp("stack") / "stderr")
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def base_url(stack: LocalStack | None) -> str:
    """The address of the stack under test."""
    return stack.ready() if stack else os.environ["FRAGUA_BASE_URL"].rstrip("/")


@pytest.fixture(scope="session")
def mailbox(stack: LocalStack | None, base_url: str) -> Mailbox:
    """All e-mails that the stack under test sends."""
    if stack is None:
        pytest.skip("only who started a stack knows where its e-mails are")
    return Mailbox(Path(stack.banner["mails"]))


@pytest.fixture(scope="session", autouse=True)
def _connections() -> Iterator[None]:
    yield
    transport().close()
    store().close()


@pytest.fixture(scope="session")
def anonymous(base_url: str) -> httpx.Client:
    """Somebody without a token."""
    return client(base_url)


@pytest.fixture(scope="session")
def ana(base_url: str) -> Person:
    """A user whom many tests share: they leave her session, profile and quota alone."""
    return register(base_url, first_name="Ana")


@pytest.fixture(scope="session")
def bob(base_url: str) -> Person:
    """Somebody else, who must never get at what is Ana's."""
    return register(base_url, first_name="Bob")


@pytest.fixture(autouse=True)
def _awake(request: pytest.FixtureRequest) -> None:
    """Whom many tests share gets new tokens in time: all of them take longer than a token lives."""
    for name in {"ana", "bob", "superadmin"} & set(request.fixturenames):
        keep_awake(request.getfixturevalue("base_url"), request.getfixturevalue(name))


@pytest.fixture
def newcomer(base_url: str) -> Person:
    """A user of one's own, to use up."""
    return register(base_url)


@pytest.fixture(scope="session")
def superadmin(base_url: str) -> Person:
    """The account that the stack was started with."""
    return log_in(base_url, SUPERADMIN_EMAIL, SUPERADMIN_PASSWORD)


@pytest.fixture(scope="module")
def hire(base_url: str, superadmin: Person) -> Iterator[Hire]:
    """Makes admins; they are deleted after the module, for each is told of every later change."""
    hired: list[Person] = []

    def make(role: str = "admin") -> Person:
        hired.append(enlist(base_url, superadmin, role=role))
        return hired[-1]

    yield make
    keep_awake(base_url, superadmin)
    for person in hired:
        remove(superadmin, person.user)


@pytest.fixture(scope="module")
def editor(hire: Hire) -> Person:
    """An admin who makes products."""
    return hire()


@pytest.fixture(scope="module")
def colleague(hire: Hire) -> Person:
    """Another admin."""
    return hire()


@pytest.fixture(scope="session")
def document(anonymous: httpx.Client) -> Json:
    """The OpenAPI document."""
    found: Json = anonymous.get("/v1/openapi.json").json()
    return found


@pytest.fixture(scope="session")
def operations(document: Json) -> Operations:
    """Each operation of the document."""
    return {
        (method.upper(), re.sub(r"\{[^}]+\}", "{}", path)): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict)
    }
