"""Where a CDN stands before the API, nobody gets around it, and its word for the caller counts."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from fragua import origin
from fragua.accounts import permissions
from fragua.api import Address, Api
from tests.support.backend import environment_of
from tests.support.events import Context, http_event
from tests.unit.conftest import stubbed

WHO, HERE = "GET /v1/who", "GET /v1/here"
GATEWAY = "192.0.2.1"
VIEWER = "198.51.100.7"
BEFORE, NOW, NEXT = "the one before", "the one of now", "the one to come"

open_door = Api({WHO: permissions.ANYONE})
closed_door = Api({HERE: permissions.MEMBERS})


@open_door.get("/v1/who", summary="", tags=[])
def who(address: Address) -> dict[str, str]:
    return {"address": address}


@closed_door.get("/v1/here", summary="", tags=[])
def here() -> None:
    raise AssertionError("nobody gets here")


@pytest.fixture
def secrets(environment: dict[str, str]) -> Iterator[Stubber]:
    """A deployment with a CDN; Secrets Manager answers what a test announces."""
    with environment_of({"ORIGIN_SECRET": "origin"}), stubbed("secretsmanager") as stub:
        yield stub
        stub.assert_no_pending_responses()


def add(secrets: Stubber, stage: str, value: str) -> None:
    """Announce one version of the secret."""
    asked = {"SecretId": "origin", "VersionStage": stage}
    secrets.add_response("get_secret_value", {"SecretString": value}, asked)


def add_none_before(secrets: Stubber) -> None:
    secrets.add_client_error("get_secret_value", "ResourceNotFoundException")


def ask(proof: str | None = None, viewer: str | None = f"{VIEWER}:443") -> Any:
    """Ask who is asking; return the status and the body."""
    named = {origin.PROOF: proof, origin.VIEWER: viewer}
    headers = {name: value for name, value in named.items() if value is not None}
    event = http_event("GET", "/v1/who", headers=headers, address=GATEWAY)
    answer = open_door.handler(event, Context())
    return answer["statusCode"], json.loads(answer["body"])


def is_refused(answer: Any) -> bool:
    status, body = answer
    return (status, body["code"]) == (403, "not_by_the_edge")


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("proof", [None, "", NOW, "anything"])
@pytest.mark.parametrize("viewer", [None, f"{VIEWER}:443", "nonsense"])
def test_without_a_cdn_both_headers_change_nothing(proof: str | None, viewer: str | None) -> None:
    assert ask(proof, viewer) == (200, {"address": GATEWAY})


@pytest.mark.parametrize(
    ("viewer", "address"),
    [
        (f"{VIEWER}:46532", VIEWER),
        (f" {VIEWER}:1", VIEWER),
        ("2001:db8::1:46532", "2001:db8::1"),
        ("[2001:db8::1]:46532", "2001:db8::1"),
        ("2001:0DB8:0:0:0:0:0:1:443", "2001:db8::1"),
    ],
)
def test_the_address_is_what_the_cdn_says_without_the_port(
    secrets: Stubber, viewer: str, address: str
) -> None:
    add(secrets, "AWSCURRENT", NOW)
    assert ask(NOW, viewer) == (200, {"address": address})


@pytest.mark.parametrize(
    "proof",
    [
        *(None, "", "forged", NOW[:-1], f"{NOW} ", NOW.upper(), "ñ", "\ud800"),
        *(f"forged,{NOW}", f"{NOW},forged", f"{NOW}, {NOW}"),
    ],
)
def test_whoever_does_not_know_the_secret_is_turned_away(
    secrets: Stubber, proof: str | None
) -> None:
    add(secrets, "AWSCURRENT", NOW)
    add_none_before(secrets)
    assert is_refused(ask(proof))


@pytest.mark.parametrize(
    "viewer",
    [
        *(None, "", VIEWER, f"{VIEWER}:", f"{VIEWER}:x", f"{VIEWER}:²", ":443", "nobody:443"),
        *(f"{VIEWER}:1,203.0.113.9:2", f"203.0.113.9:2, {VIEWER}:1", "2001:db8::1"),
    ],
)
def test_a_viewer_whom_the_cdn_does_not_name_alone_is_turned_away(
    secrets: Stubber, viewer: str | None
) -> None:
    add(secrets, "AWSCURRENT", NOW)
    assert is_refused(ask(NOW, viewer))


def test_the_secret_before_is_good_as_well(secrets: Stubber) -> None:
    add(secrets, "AWSCURRENT", NOW)
    add(secrets, "AWSPREVIOUS", BEFORE)
    assert ask(BEFORE) == (200, {"address": VIEWER})


def test_a_warm_function_notices_a_rotation_and_forgets_what_was_before(
    secrets: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(secrets, "AWSCURRENT", NOW)
    add(secrets, "AWSPREVIOUS", BEFORE)
    assert ask(BEFORE)[0] == 200
    # Rotated since. Made up names ask Secrets Manager no more often than every ten seconds.
    assert is_refused(ask(NEXT))
    add(secrets, "AWSCURRENT", NEXT)
    later = time.monotonic() + 11
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert ask(NEXT) == (200, {"address": VIEWER})
    add(secrets, "AWSPREVIOUS", NOW)
    assert is_refused(ask(BEFORE))


def test_no_token_is_looked_at_of_a_request_that_came_around(secrets: Stubber) -> None:
    add(secrets, "AWSCURRENT", NOW)
    add_none_before(secrets)
    event = http_event("GET", "/v1/here", token="anything")
    answer = closed_door.handler(event, Context())
    assert is_refused((answer["statusCode"], json.loads(answer["body"])))


def test_a_refusal_is_a_problem_document_and_tells_no_secret(
    secrets: Stubber, lines: io.StringIO
) -> None:
    add(secrets, "AWSCURRENT", NOW)
    add_none_before(secrets)
    event = http_event("GET", "/v1/who", headers={origin.PROOF: "forged"})
    answer = open_door.handler(event, Context())
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert answer["headers"]["x-request-id"] == event["requestContext"]["requestId"]
    assert "not_by_the_edge" in lines.getvalue()
    assert not any(word in answer["body"] + lines.getvalue() for word in (NOW, "forged"))


def test_a_secrets_manager_that_is_down_lets_nobody_in(secrets: Stubber) -> None:
    secrets.add_client_error("get_secret_value", "InternalServiceError", http_status_code=500)
    status, body = ask(NOW)
    assert (status, body["code"]) == (503, "unavailable")
