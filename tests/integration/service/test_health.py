"""Health tells of each dependency, and whom to ask."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from fragua.health import check
from tests.support.backend import Answer, Client, environment_of


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address that refuses connections, as long as nobody listens there."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


def health() -> Answer:
    return Client().call("service.health", "GET", "/v1/health")


def test_all_is_up(backend: dict[str, str]) -> None:
    answer = health()
    states = {"database": "up", "store": "up", "tables": "up", "queue": "up"}
    assert (answer.status, answer.body) == (200, {"status": "up", "dependencies": states})


@pytest.mark.parametrize(
    ("variable", "dependency"),
    [
        ("DATABASE_URL", "database"),
        ("AWS_ENDPOINT_URL_S3", "store"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "tables"),
        ("AWS_ENDPOINT_URL_SQS", "queue"),
    ],
)
def test_one_that_is_down_is_named_and_the_rest_is_up(
    backend: dict[str, str], nobody: str, variable: str, dependency: str
) -> None:
    scheme = "postgresql://user:secret" + "@" if variable == "DATABASE_URL" else "http://"
    with environment_of({variable: f"{scheme}{nobody}"}):
        answer = health()
    assert answer.status == 503
    down = [name for name, state in answer.body["dependencies"].items() if state == "down"]
    assert (answer.body["status"], down) == ("down", [dependency])
    assert nobody not in str(answer)


def test_a_bucket_that_is_gone_is_down(backend: dict[str, str]) -> None:
    with environment_of({"DEFAULT_BUCKET": "nobodys-bucket"}):
        assert check().dependencies["store"] == "down"


@pytest.mark.parametrize(
    ("variable", "module", "method", "path"),
    [
        ("DATABASE_URL", "accounts.get_me", "GET", "/v1/users/me"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "accounts.get_session", "GET", "/v1/auth/session"),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "accounts.get_session", "GET", "/v1/auth/session"),
        ("AWS_ENDPOINT_URL_S3", "uploads.create", "POST", "/v1/uploads"),
    ],
)
def test_a_request_that_needs_what_is_down_is_503_and_may_be_repeated(
    client: Client, nobody: str, variable: str, module: str, method: str, path: str
) -> None:
    scheme = "postgresql://user:secret" + "@" if variable == "DATABASE_URL" else "http://"
    body = {"files": [{"file_name": "a", "size": 1}]} if method == "POST" else None
    with environment_of({variable: f"{scheme}{nobody}"}):
        answer = client.call(module, method, path, body)
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
