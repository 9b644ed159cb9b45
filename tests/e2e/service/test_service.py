"""GET /v1/health, GET /v1/openapi.json and GET /docs."""

import re
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from tests.e2e.support.routes import BODILESS, CLOSED, PUBLIC

METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
Json = dict[str, Any]


def test_health_tells_the_state_of_each_dependency(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/v1/health")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    nested = [value for value in answer.json().values() if isinstance(value, dict | list)]
    assert any(len(value) >= 3 for value in nested) or len(answer.json()) >= 3


def test_health_gives_nothing_away(anonymous: httpx.Client) -> None:
    said = anonymous.get("/v1/health").text.lower()
    for secret in ("password", "://", "arn:", "127.0.0.1", "localhost", "secret"):
        assert secret not in said


def test_docs_are_a_page_about_the_document(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html" in answer.text.lower()
    assert "openapi" in answer.text.lower()


@pytest.fixture(scope="module")
def document(anonymous: httpx.Client) -> Json:
    """The OpenAPI document."""
    answer = anonymous.get("/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0].endswith("json")
    found: Json = answer.json()
    return found


def operations(document: Json) -> dict[tuple[str, str], Json]:
    """Each operation by its method and path, every path parameter written {id}."""
    return {
        (method.upper(), re.sub(r"\{[^}]+\}", "{id}", path)): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_the_document_is_valid_openapi_3(document: Json) -> None:
    assert document["openapi"].startswith("3.")
    validate(document)


@pytest.mark.parametrize(("method", "path"), [*CLOSED, *PUBLIC[:4]])
def test_every_route_is_in_the_document(document: Json, method: str, path: str) -> None:
    operation = operations(document)[method, path]
    assert operation.get("summary")
    assert any(status.startswith("2") or status == "302" for status in operation["responses"])


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_a_closed_route_says_that_it_needs_a_bearer(document: Json, method: str, path: str) -> None:
    operation = operations(document)[method, path]
    needed = operation.get("security", document.get("security", []))
    schemes = document["components"]["securitySchemes"]
    assert needed
    for alternative in needed:
        assert any(schemes[name]["scheme"].lower() == "bearer" for name in alternative)


@pytest.mark.parametrize(("method", "path"), PUBLIC[:4])
def test_a_public_route_says_that_it_needs_none(document: Json, method: str, path: str) -> None:
    operation = operations(document)[method, path]
    needed: Any = operation.get("security", document.get("security", []))
    assert needed == [] or {} in needed


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/auth/register", "201"),
        ("POST", "/v1/auth/register", "409"),
        ("POST", "/v1/auth/login", "200"),
        ("POST", "/v1/auth/login", "401"),
        ("POST", "/v1/auth/login", "429"),
        ("POST", "/v1/auth/logout", "204"),
        ("POST", "/v1/auth/password", "204"),
        ("POST", "/v1/uploads", "201"),
        ("POST", "/v1/uploads", "413"),
        ("POST", "/v1/uploads/{id}/complete", "202"),
        ("POST", "/v1/uploads/{id}/complete", "409"),
        ("DELETE", "/v1/uploads/{id}", "204"),
        ("GET", "/v1/files/{id}", "404"),
        ("GET", "/v1/files/{id}/download", "302"),
    ],
)
def test_an_answer_of_the_contract_is_in_the_document(
    document: Json, method: str, path: str, status: str
) -> None:
    assert status in operations(document)[method, path]["responses"]


@pytest.mark.parametrize(
    ("method", "path"),
    [route for route in [*CLOSED, *PUBLIC] if route[0] in {"POST", "PATCH"} and route != BODILESS],
)
def test_a_body_is_described(document: Json, method: str, path: str) -> None:
    content = operations(document)[method, path]["requestBody"]["content"]
    assert content["application/json"]["schema"]


def test_no_operation_id_is_used_twice(document: Json) -> None:
    ids = [operation.get("operationId") for operation in operations(document).values()]
    assert None not in ids
    assert len(set(ids)) == len(ids)
