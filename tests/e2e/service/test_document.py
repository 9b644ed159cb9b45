"""What the OpenAPI document says of all but accounts' own routes, uploads and files."""

from typing import Any

import pytest

from tests.e2e.support.routes import BY_TOKEN, Operations

ANSWERS = [
    ("GET", "/v1/users", "200 403"),
    ("POST", "/v1/users", "201 403 409 422"),
    ("GET", "/v1/users/{}", "200 403 404"),
    ("PATCH", "/v1/users/{}", "200 403 404 409 422"),
    ("DELETE", "/v1/users/{}", "204 403 404 409"),
    ("POST", "/v1/plans", "201 403 409 422"),
    ("PATCH", "/v1/plans/{}", "200 403 404 422"),
    ("DELETE", "/v1/plans/{}", "204 403 404 409"),
    ("GET", "/v1/buckets", "200"),
    ("POST", "/v1/buckets", "201 409 422"),
    ("DELETE", "/v1/buckets/{}", "204 404 409"),
    ("POST", "/v1/files/{}/links", "201 403 404 422"),
    ("GET", "/v1/files/{}/links", "200 404"),
    ("DELETE", "/v1/links/{}", "204 404"),
    ("GET", "/l/{}", "302 404 410"),
    ("GET", "/v1/images", "200"),
    ("GET", "/v1/images/{}", "200 404"),
    ("GET", "/v1/products", "200 422"),
    ("GET", "/v1/products/{}", "200 404"),
    ("POST", "/v1/products", "201 403 409 422"),
    ("PATCH", "/v1/products/{}", "200 403 404 412 422 428"),
    ("DELETE", "/v1/products/{}", "204 403 404 412"),
    ("GET", "/v1/products/{}/history", "200 403 404"),
    ("GET", "/v1/reports/product-views", "200 403 422"),
    ("GET", "/v1/notifications", "200"),
    ("POST", "/v1/notifications/{}/read", "204 404"),
]
CREATED = ["/v1/users", "/v1/plans", "/v1/buckets", "/v1/files/{}/links"]
Json = dict[str, Any]


@pytest.mark.parametrize(("method", "path", "statuses"), ANSWERS)
def test_each_answer_of_the_contract_is_in_the_document(
    operations: Operations, method: str, path: str, statuses: str
) -> None:
    assert set(statuses.split()) <= operations[method, path]["responses"].keys()


def test_a_temporary_link_needs_no_bearer(document: Json, operations: Operations) -> None:
    method, path = BY_TOKEN
    operation = operations[method, path.replace("{id}", "{}")]
    needed: Any = operation.get("security", document.get("security", []))
    assert needed == [] or {} in needed


@pytest.mark.parametrize("path", CREATED)
def test_what_creates_takes_an_idempotency_key(operations: Operations, path: str) -> None:
    parameters = operations["POST", path].get("parameters", [])
    names = [parameter["name"].lower() for parameter in parameters if "name" in parameter]
    assert "idempotency-key" in names


@pytest.mark.parametrize("path", ["/v1/images", "/v1/images/{}"])
def test_the_format_of_thumbnails_is_a_parameter(operations: Operations, path: str) -> None:
    named = {item.get("name"): item for item in operations["GET", path]["parameters"]}
    assert named["format"]["in"] == "query"
