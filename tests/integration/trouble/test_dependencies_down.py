"""A dependency refuses connections, or takes them and never says a word: 503 in bounded time.

The calls run side by side, each in a process of its own: most of the time is spent waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from tests.support.backend import MIB, Client, new_client
from tests.support.bench import Bench, committed
from tests.support.buckets import deletion, make, names
from tests.support.events import http_event
from tests.support.faults import ALWAYS, Act, Fault, closed_port, silent_port
from tests.support.workers import IN_TIME, Outcome, Worker, assert_unavailable

DATA = b"fragua " * 1000
# Nobody needs to wait this long in a test, but the product may take it.
pytestmark = pytest.mark.timeout(120)

ENDPOINT = {
    "S3": "AWS_ENDPOINT_URL_S3",
    "DynamoDB": "AWS_ENDPOINT_URL_DYNAMODB",
    "SQS": "AWS_ENDPOINT_URL_SQS",
    "Secrets Manager": "AWS_ENDPOINT_URL_SECRETS_MANAGER",
}
# Every handler of a route, its request, and what it needs.
ROUTES: dict[str, tuple[str, str, set[str]]] = {
    "accounts.register": ("POST", "/v1/auth/register", {"DynamoDB", "PostgreSQL"}),
    "accounts.login": ("POST", "/v1/auth/login", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "accounts.refresh": ("POST", "/v1/auth/refresh", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "accounts.get_session": ("GET", "/v1/auth/session", {"DynamoDB", "Secrets Manager"}),
    "accounts.get_me": ("GET", "/v1/users/me", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "accounts.update_me": ("PATCH", "/v1/users/me", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "accounts.list_plans": ("GET", "/v1/plans", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "accounts.change_password": (
        "POST",
        "/v1/auth/password",
        {"DynamoDB", "PostgreSQL", "Secrets Manager"},
    ),
    "accounts.logout": ("POST", "/v1/auth/logout", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "uploads.create": ("POST", "/v1/uploads", {"S3", "DynamoDB", "Secrets Manager"}),
    "uploads.list": ("GET", "/v1/uploads", {"DynamoDB", "Secrets Manager"}),
    "uploads.get": ("GET", "/v1/uploads/{upload}", {"S3", "DynamoDB", "Secrets Manager"}),
    "uploads.presign": (
        "POST",
        "/v1/uploads/{upload}/fragments",
        {"DynamoDB", "Secrets Manager"},
    ),
    "uploads.complete": (
        "POST",
        "/v1/uploads/{upload}/complete",
        {"S3", "DynamoDB", "SQS", "Secrets Manager"},
    ),
    "uploads.abort": ("DELETE", "/v1/uploads/{upload}", {"S3", "DynamoDB", "Secrets Manager"}),
    "files.list": ("GET", "/v1/files", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "files.get": ("GET", "/v1/files/{file}", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "files.rename": ("PATCH", "/v1/files/{file}", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "files.download": (
        "GET",
        "/v1/files/{file}/download",
        {"DynamoDB", "PostgreSQL", "Secrets Manager"},
    ),
    "files.delete": ("DELETE", "/v1/files/{file}", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "files.list_links": (
        "GET",
        "/v1/files/{file}/links",
        {"DynamoDB", "PostgreSQL", "Secrets Manager"},
    ),
    "files.follow_link": ("GET", "/l/nobodys-token", {"PostgreSQL"}),
    "buckets.create": ("POST", "/v1/buckets", {"S3", "DynamoDB", "PostgreSQL", "Secrets Manager"}),
    "images.list": ("GET", "/v1/images", {"DynamoDB", "PostgreSQL", "Secrets Manager"}),
}
ENDING = {"uploads.complete", "uploads.abort"}
PUBLIC = {"accounts.register", "accounts.login", "accounts.refresh", "files.follow_link"}
# The token is looked at in one place for all: there these four stand for everybody.
DOOR = {"accounts.register", "accounts.login", "accounts.refresh", "accounts.get_session"}
CASES = [
    pytest.param(how, module, dependency, id=f"{dependency} {how}, {module}")
    for how in ("refuses", "is silent")
    for module, (_, _, needs) in ROUTES.items()
    for dependency in sorted(needs)
    if how == "refuses" or module in DOOR or dependency not in {"DynamoDB", "Secrets Manager"}
]
# Processes that begin at the same moment: more would measure the machine, not the product.
AT_ONCE = 8
UNHURRIED = {"FRAGUA_TIME_SCALE": "1"}
SILENCES = {"SQL SELECT users": Act.FREEZE_BEFORE, "SQL COMMIT": Act.FREEZE_AFTER}


@dataclass
class Person:
    """A user with a file and uploads whose fragments are all there."""

    client: Client = field(default_factory=new_client)
    uploads: list[dict[str, Any]] = field(default_factory=list)
    file_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.file_id = self.client.upload(DATA)["file_id"]

    def upload(self, module: str) -> str:
        """Return an upload for a request; what ends it gets one of its own."""
        if not self.uploads or module in ENDING:
            self.uploads.append(self.client.begin(DATA))
        upload_id: str = self.uploads[0 if module not in ENDING else -1]["id"]
        return upload_id

    def event(self, module: str) -> dict[str, Any]:
        """Make the request of a route."""
        method, path, _ = ROUTES[module]
        path = path.format(upload="{upload}", file=self.file_id)
        if "{" in path:
            path = path.format(upload=self.upload(module))
        token = None if module in PUBLIC else self.client.token
        return http_event(method, path, self._body(module), token=token, address=uuid4().hex)

    def _body(self, module: str) -> Any:
        client = self.client
        names = {"first_name": "Ada", "last_name": "Lovelace"}
        return {
            "accounts.register": {
                "email": f"{uuid4().hex}@example.com", "password": client.password, **names,
            },
            "accounts.login": {"email": client.email, "password": client.password},
            "accounts.refresh": {"refresh_token": client.refresh_token},
            "accounts.change_password": {
                "current_password": client.password, "new_password": "another horse",
            },
            "accounts.update_me": {"city": "London"},
            "accounts.logout": {"everywhere": True},
            "uploads.create": {"files": [{"file_name": "b", "size": 6 * MIB}] * 50},
            "uploads.presign": {"numbers": [1]},
            "files.rename": {"file_name": "b"},
            "buckets.create": {"name": f"b-{uuid4().hex}"},
        }.get(module)  # fmt: skip


def broken(bench: Bench, dependency: str, port: int) -> dict[str, str]:
    """Make the environment in which a dependency is at that port."""
    if dependency == "PostgreSQL":
        url = make_url(bench.direct["DATABASE_URL"]).set(port=port)
        return {"DATABASE_URL": url.render_as_string(hide_password=False)}
    return {ENDPOINT[dependency]: f"http://127.0.0.1:{port}"}


@dataclass
class Calls:
    """All calls of this module, under way: by how the dependency is down, handler, dependency."""

    person: Person
    # A bucket of the person's, and its deletion while S3 is silent.
    bucket: str
    removal: Worker = field(init=False)
    workers: dict[tuple[str, str, str], Worker] = field(default_factory=dict)
    outcomes: dict[tuple[str, str, str], Outcome] = field(default_factory=dict)

    def outcome(self, *case: str) -> Outcome:
        """Wait for a call's end."""
        key = (case[0], case[1], case[2])
        if key not in self.outcomes:
            outcome = self.workers[key].outcome()
            assert outcome is not None
            self.outcomes[key] = outcome
        return self.outcomes[key]


@pytest.fixture(scope="module")
def calls(session_bench: Bench) -> Iterator[Calls]:
    """Make the calls that are refused, and begin all that wait."""
    cases = [tuple(map(str, case.values)) for case in CASES]
    keys = [(how, module, dependency) for how, module, dependency in cases]
    with ExitStack() as stack:
        ports = {
            "refuses": stack.enter_context(closed_port()),
            "is silent": stack.enter_context(silent_port()),
        }
        person = Person()
        started = Calls(person, make(person.client))

        def start(how: str, module: str, dependency: str) -> None:
            started.workers[how, module, dependency] = session_bench.start(
                module,
                person.event(module),
                **UNHURRIED,
                **broken(session_bench, dependency, ports[how]),
            )

        refusing = [key for key in keys if key[0] == "refuses"]
        for first in range(0, len(refusing), AT_ONCE):
            for key in refusing[first : first + AT_ONCE]:
                start(*key)
            for key in refusing[first : first + AT_ONCE]:
                started.outcome(*key)
        for key in keys[len(refusing) :]:
            start(*key)
        event = deletion(person.client, started.bucket)
        silent = broken(session_bench, "S3", ports["is silent"])
        started.removal = session_bench.start("buckets.delete", event, **silent, **UNHURRIED)
        yield started


def test_a_database_that_falls_silent_in_a_transaction_is_503_in_time(
    session_bench: Bench, calls: Calls, client: Client
) -> None:
    event = http_event("POST", "/v1/auth/login", {
        "email": client.email, "password": client.password,
    })  # fmt: skip
    with ExitStack() as stack:
        # Side by side, each behind proxies of its own: they only wait, as `calls` do meanwhile.
        workers = {}
        for step, act in SILENCES.items():
            bench = stack.enter_context(session_bench.another())
            faults = bench.plan({step: Fault(act, ALWAYS)})
            workers[step] = bench.start("accounts.login", event, **UNHURRIED)
            faults.await_freeze()
        for step, worker in workers.items():
            outcome = worker.outcome()
            assert outcome is not None, step
            assert_unavailable(outcome)


@pytest.mark.parametrize(("how", "module", "dependency"), CASES)
def test_the_answer_is_503_in_time_and_the_request_works_later(
    bench: Bench, calls: Calls, how: str, module: str, dependency: str
) -> None:
    assert_unavailable(calls.outcome(how, module, dependency))


def test_a_bucket_is_deleted_in_time_though_s3_says_nothing(bench: Bench, calls: Calls) -> None:
    outcome = calls.removal.outcome()
    assert outcome is not None
    assert outcome.answer["statusCode"] == 204
    assert outcome.seconds < IN_TIME
    assert calls.bucket not in names(calls.person.client)


def test_nothing_was_changed_by_all_that(bench: Bench, calls: Calls) -> None:
    for case in CASES:
        calls.outcome(*map(str, case.values))
    client, file_id = calls.person.client, calls.person.file_id
    uploads = [client.get(upload) for upload in calls.person.uploads]
    # Ended for good where only S3 was missing afterwards; the quota of no other is given back.
    left = [upload for upload in uploads if upload["status"] != "aborted"]
    assert committed(client) == len(DATA) * (1 + len(left))
    assert client.call("files.get", "GET", f"/v1/files/{file_id}").body["file_name"] == "a.bin"
    assert client.call("accounts.get_me", "GET", "/v1/users/me").body["city"] is None
    credentials = {"email": client.email, "password": client.password}
    login = client.call("accounts.login", "POST", "/v1/auth/login", credentials, token=None)
    assert login.status == 200
    spent = {"refresh_token": client.refresh_token}
    refreshed = client.call("accounts.refresh", "POST", "/v1/auth/refresh", spent, token=None)
    assert refreshed.status == 200


def test_what_was_answered_with_503_works_later(bench: Bench, calls: Calls) -> None:
    for case in CASES:
        calls.outcome(*map(str, case.values))
    client, file_id = calls.person.client, calls.person.file_id
    first, *others = calls.person.uploads
    assert client.complete(first).status == 202
    for upload in others:
        path = f"/v1/uploads/{upload['id']}"
        status = client.get(upload)["status"]
        expected = 409 if status == "assembling" else 204
        assert client.call("uploads.abort", "DELETE", path).status == expected
    assert client.call("files.delete", "DELETE", f"/v1/files/{file_id}").status == 204
    closed = [u for u in calls.person.uploads if client.get(u)["status"] == "assembling"]
    assert committed(client) == len(DATA) * len(closed)
