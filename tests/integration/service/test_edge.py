"""With a CDN before the API, its word for the caller counts, and nobody gets around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import boto3
import pytest

from fragua import origin
from local.document import read
from tests.support.backend import Answer, Client, environment_of
from tests.support.paths import ROOT

# Named as the template names it, so that `not_allowed` finds it in the policies.
SECRET = "OriginSecret"
CLOUDFRONT = "192.0.2.90"


@pytest.fixture
def proof(backend: dict[str, str]) -> str:
    """What the CDN knows: a secret of its own for each test."""
    manager, value = boto3.client("secretsmanager"), uuid4().hex
    with suppress(manager.exceptions.ResourceExistsException):
        manager.create_secret(Name=SECRET)
    rotate(value)
    return value


def rotate(value: str) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=value)


@pytest.fixture
def behind_the_cdn(proof: str) -> Iterator[None]:
    with environment_of({"ORIGIN_SECRET": SECRET}):
        yield


def seen(proof: str, viewer: str) -> dict[str, str]:
    """Make the headers that the CDN adds, or somebody who plays it."""
    return {origin.PROOF: proof, origin.VIEWER: viewer}


def guess(client: Client, headers: dict[str, str], password: str = "wrong horse") -> Answer:
    body = {"email": client.email, "password": password}
    return Client().call(
        "accounts.login", "POST", "/v1/auth/login", body, headers=headers, address=CLOUDFRONT
    )


def test_guesses_are_counted_by_the_address_of_the_viewer(
    client: Client, proof: str, behind_the_cdn: None
) -> None:
    guesses = [guess(client, seen(proof, f"203.0.113.1:{port}")) for port in range(11)]
    assert [answer.status for answer in guesses] == [401] * 10 + [429]
    # Whoever comes through the same server of the CDN is not locked out with him.
    elsewhere = seen(proof, "203.0.113.2:1")
    assert guess(client, elsewhere, client.password).status == 200


def test_a_forged_proof_lets_nobody_in_and_is_no_attempt(
    client: Client, proof: str, behind_the_cdn: None
) -> None:
    for forged in ("forged", f"forged,{proof}"):
        answer = guess(client, seen(forged, "203.0.113.3:1"))
        assert (answer.status, answer.body["code"]) == (403, "not_by_the_edge")
    assert guess(client, seen(proof, "203.0.113.3:1"), client.password).status == 200


def test_without_a_cdn_no_header_changes_whose_guess_it_is(client: Client, proof: str) -> None:
    guesses = [guess(client, seen(proof, f"203.0.113.4:{port}")) for port in range(11)]
    assert [answer.status for answer in guesses] == [401] * 10 + [429]
    assert guess(client, seen(proof, "203.0.113.5:1"), client.password).status == 429


def routes() -> list[tuple[str, str, str]]:
    """Name the functions that have a route, with its method and path."""
    found = []
    for resource in read(ROOT / "template.yaml")["Resources"].values():
        properties = resource["Properties"]
        if "Http" in properties.get("Events", {}):
            http = properties["Events"]["Http"]["Properties"]
            handler = properties["Handler"].removesuffix(".handler")
            found.append((handler, http["Method"], http["Path"]))
    return found


@pytest.mark.parametrize(("module", "method", "path"), routes(), ids=lambda value: value)
@pytest.mark.usefixtures("behind_the_cdn")
def test_no_route_is_open_to_whoever_comes_around(module: str, method: str, path: str) -> None:
    answer = Client().call(module, method, path)
    assert answer.status == 403
    if method != "HEAD":
        assert answer.body["code"] == "not_by_the_edge"


def test_the_state_of_the_service_is_told_through_the_cdn(proof: str, behind_the_cdn: None) -> None:
    headers = seen(proof, "203.0.113.6:1")
    assert Client().call("service.health", "GET", "/v1/health", headers=headers).status == 200


def test_a_rotation_refuses_nobody_until_the_next_one(client: Client, proof: str) -> None:
    def status(value: str) -> int:
        headers = seen(value, "203.0.113.7:1")
        asked = ("accounts.get_session", "GET", "/v1/auth/session")
        with environment_of({"ORIGIN_SECRET": SECRET}):
            return client.call(*asked, headers=headers).status

    assert status(proof) == 200
    rotate("second")
    assert (status(proof), status("second")) == (200, 200)
    rotate("third")
    assert (status(proof), status("second"), status("third")) == (403, 200, 200)
