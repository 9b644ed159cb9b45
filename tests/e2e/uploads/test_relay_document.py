"""What the OpenAPI document says of relayed fragments and of Idempotency-Key."""

import re
from typing import Any

import httpx
import pytest

from tests.e2e.support.relaying import CRC

Json = dict[str, Any]
FRAGMENT = ("put", "/v1/uploads/{}/fragments/{}")
CREATING = [("post", "/v1/uploads"), ("post", "/v1/auth/register")]
NOT_CREATING = [("post", "/v1/auth/login"), ("post", "/v1/auth/refresh")]


@pytest.fixture(scope="module")
def document(anonymous: httpx.Client) -> Json:
    """The OpenAPI document of the running stack."""
    found: Json = anonymous.get("/v1/openapi.json").json()
    return found


def operation(document: Json, method: str, path: str) -> Json:
    """One operation; the names of its path's parameters are the document's own affair."""
    paths = {re.sub(r"\{[^}]+\}", "{}", name): item for name, item in document["paths"].items()}
    found: Json = paths[path][method]
    return found


def resolved(document: Json, thing: Json) -> Json:
    """The thing itself, where the document only refers to it."""
    while "$ref" in thing:
        place = thing["$ref"].removeprefix("#/").split("/")
        thing = document
        for name in place:
            thing = thing[name]
    return thing


def parameters(document: Json, method: str, path: str) -> dict[tuple[str, str], Json]:
    """The operation's parameters by where they stand and their names in lower case."""
    found = operation(document, method, path).get("parameters", [])
    whole = [resolved(document, parameter) for parameter in found]
    return {(parameter["in"], parameter["name"].lower()): parameter for parameter in whole}


def test_a_fragments_body_is_bytes(document: Json) -> None:
    body = resolved(document, operation(document, *FRAGMENT)["requestBody"])
    assert body["content"].keys() == {"application/octet-stream"}
    schema = resolved(document, body["content"]["application/octet-stream"].get("schema", {}))
    # OpenAPI 3.1 may leave raw bytes without any schema; a text must say that it is binary.
    assert schema.get("type") in {None, "string"}
    assert schema.get("type") is None or schema.get("format") == "binary"


def test_a_fragment_is_named_by_its_upload_and_a_number(document: Json) -> None:
    found = parameters(document, *FRAGMENT)
    in_path = [parameter for (place, _), parameter in found.items() if place == "path"]
    types = [resolved(document, parameter["schema"]).get("type") for parameter in in_path]
    assert sorted(map(str, types)) == ["integer", "string"]
    assert all(parameter["required"] for parameter in in_path)


def test_a_fragments_crc_is_an_optional_header(document: Json) -> None:
    parameter = parameters(document, *FRAGMENT)["header", CRC]
    assert not parameter.get("required", False)
    assert parameter.get("description")


@pytest.mark.parametrize("status", [204, 401, 404, 409, 410, 413, 415, 422])
def test_each_answer_to_a_fragment_is_there(document: Json, status: int) -> None:
    answers = operation(document, *FRAGMENT)["responses"]
    assert str(status) in answers
    content = resolved(document, answers[str(status)]).get("content", {})
    assert content.keys() == (set() if status == 204 else {"application/problem+json"})


def test_a_fragment_needs_a_bearer(document: Json) -> None:
    found = operation(document, *FRAGMENT)
    needed = found.get("security", document.get("security", []))
    assert needed
    assert {} not in needed


@pytest.mark.parametrize(("method", "path"), CREATING)
def test_a_post_that_creates_takes_a_key(document: Json, method: str, path: str) -> None:
    parameter = parameters(document, method, path)["header", "idempotency-key"]
    assert not parameter.get("required", False)
    assert parameter.get("description")


@pytest.mark.parametrize(("method", "path"), CREATING)
@pytest.mark.parametrize("status", [201, 400, 409, 415, 422])
def test_each_answer_under_a_key_is_there(
    document: Json, method: str, path: str, status: int
) -> None:
    assert str(status) in operation(document, method, path)["responses"]


@pytest.mark.parametrize(("method", "path"), NOT_CREATING)
def test_login_and_refresh_take_none(document: Json, method: str, path: str) -> None:
    assert ("header", "idempotency-key") not in parameters(document, method, path)


def test_a_request_for_an_upload_may_choose_the_mode(document: Json) -> None:
    assert '"relay"' in str(document["components"]).replace("'", '"')
