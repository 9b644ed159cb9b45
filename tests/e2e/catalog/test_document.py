"""What the OpenAPI document says of the catalog and of notifications."""

from typing import Any

import pytest

from tests.e2e.support.routes import Operations

PARAMETERS = [
    ("GET", "/v1/products", "query", "brand name min_price max_price limit cursor"),
    ("POST", "/v1/products", "header", "idempotency-key"),
    ("PATCH", "/v1/products/{}", "header", "if-match"),
    ("DELETE", "/v1/products/{}", "header", "if-match"),
    ("GET", "/v1/products/{}/history", "query", "limit cursor"),
    ("GET", "/v1/reports/product-views", "query", "from to limit cursor"),
    ("GET", "/v1/notifications", "query", "limit cursor"),
]
OTHERS = [
    *(("POST", "/v1/products"), ("PATCH", "/v1/products/{}"), ("DELETE", "/v1/products/{}")),
    *(("GET", "/v1/products/{}/history"), ("GET", "/v1/reports/product-views")),
    *(("GET", "/v1/notifications"), ("POST", "/v1/notifications/{}/read")),
]
Json = dict[str, Any]


@pytest.mark.parametrize(("method", "path", "place", "names"), PARAMETERS)
def test_each_parameter_is_in_the_document(
    operations: Operations, method: str, path: str, place: str, names: str
) -> None:
    parameters = operations[method, path].get("parameters", [])
    known = {each["name"].lower() for each in parameters if each.get("in") == place}
    assert set(names.split()) <= known


@pytest.mark.parametrize("path", ["/v1/products", "/v1/products/{}"])
def test_what_everybody_reads_needs_no_bearer(
    document: Json, operations: Operations, path: str
) -> None:
    needed: Any = operations["GET", path].get("security", document.get("security", []))
    assert needed == [] or {} in needed


@pytest.mark.parametrize(("method", "path"), OTHERS)
def test_all_else_needs_a_bearer(
    document: Json, operations: Operations, method: str, path: str
) -> None:
    needed: Any = operations[method, path].get("security", document.get("security", []))
    assert needed
    assert {} not in needed


def test_an_amount_is_text_with_a_pattern(document: Json) -> None:
    schemas = document["components"]["schemas"].values()
    prices = [
        each for each in schemas if {"amount", "currency"} <= each.get("properties", {}).keys()
    ]
    assert {each["properties"]["amount"]["type"] for each in prices} == {"string"}
    # What takes a price says its form; what shows one needn't.
    taken = [each for each in prices if each.get("additionalProperties") is False]
    assert taken
    assert all(each["properties"]["amount"].get("pattern") for each in taken)
