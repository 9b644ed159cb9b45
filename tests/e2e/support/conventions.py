"""What every answer of the API has to obey; each client checks it on each answer."""

import re
from typing import Any

import httpx

PROBLEM = "application/problem+json"
PRIVATE = re.compile(
    r"^/(v1/(auth|users|buckets|uploads|files|links|images|videos|reports|notifications)|l)(/|$)"
)
CODE = re.compile(r"^[a-z][a-z0-9_]*$")
LEAK = re.compile(
    r"Traceback|site-packages|\.py\b|psycopg|sqlalchemy|pydantic|botocore|boto3|argon2"
    r"|SELECT .* FROM|INSERT INTO|shared_package|/tmp/|/home/|127\.0\.0\.1:\d+",
    re.IGNORECASE,
)


def check(response: httpx.Response) -> None:
    """An httpx response hook: the section Conventions, applied to one answer."""
    response.read()
    assert response.headers.get("x-request-id"), f"no X-Request-Id: {describe(response)}"
    assert response.status_code < 500, describe(response)
    if response.status_code == 204:
        assert response.content == b"", describe(response)
    elif response.status_code < 400 and PRIVATE.match(response.request.url.path):
        assert "no-store" in response.headers.get("cache-control", ""), describe(response)
    # What answers a HEAD has headers alone.
    if response.status_code >= 400 and response.request.method != "HEAD":
        check_problem(response)


def check_problem(response: httpx.Response) -> None:
    """RFC 9457 with our own members, and nothing of the inside in it."""
    said = describe(response)
    assert response.headers["content-type"].split(";")[0] == PROBLEM, said
    body = response.json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= body.keys(), said
    assert body["status"] == response.status_code, said
    assert body["request_id"] == response.headers["x-request-id"], said
    assert all(isinstance(body[key], str) for key in ("type", "title", "detail", "code")), said
    assert CODE.match(body["code"]), said
    assert not LEAK.search(response.text), said
    check_extras(response, body)


def check_extras(response: httpx.Response, body: dict[str, Any]) -> None:
    """What single statuses owe on top: a challenge, a time to wait, the places of the errors."""
    said = describe(response)
    if response.status_code == 401:
        assert response.headers.get("www-authenticate"), f"no WWW-Authenticate: {said}"
    if response.status_code == 429:
        assert int(response.headers["retry-after"]) >= 1, said
    if response.status_code == 422:
        assert body.get("errors"), said
        for error in body["errors"]:
            assert error.keys() == {"pointer", "message"}, said
            assert isinstance(error["message"], str), said
            assert re.match(r"^(/|$)", error["pointer"]), said


def describe(response: httpx.Response) -> str:
    """One answer in a line, for the message of a failed assertion."""
    request = response.request
    return f"{request.method} {request.url} -> {response.status_code} {response.text[:1500]}"


def expect_problem(
    response: httpx.Response, status: int | set[int], code: str | None = None
) -> dict[str, Any]:
    """The body of a problem that has one of the statuses and, where given, the code."""
    statuses = {status} if isinstance(status, int) else status
    assert response.status_code in statuses, describe(response)
    body: dict[str, Any] = response.json()
    assert code is None or body["code"] == code, describe(response)
    return body


def expect_invalid(response: httpx.Response, pointer: str) -> None:
    """A 422 that points at exactly this place (or at something within it)."""
    pointers = [error["pointer"] for error in expect_problem(response, 422)["errors"]]
    assert any(at == pointer or at.startswith(f"{pointer}/") for at in pointers), pointers
