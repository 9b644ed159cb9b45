"""Template, functions, OpenAPI document and events tell of the same routes."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest

from tests.support.paths import ROOT
from tools import openapi

FUNCTIONS = sorted((ROOT / "functions").glob("*/*.py"))
DOCUMENT = json.loads((ROOT / "functions" / "service" / "openapi.json").read_text())
# Everything else needs a token. To add a line here is to open a door.
PUBLIC = {
    "GET /v1/public/videos",
    "GET /v1/public/rankings",
    "POST /v1/auth/register",
    "POST /v1/auth/login",
    "POST /v1/auth/refresh",
    "GET /v1/health",
    "GET /v1/openapi.json",
    "GET /docs",
    "GET /l/{token}",
    "HEAD /l/{token}",
    "GET /v1/products",
    "GET /v1/products/{sku}",
    "HEAD /v1/products/{sku}",
}
SCHEMES = {"bearer": {"type": "http", "scheme": "bearer"}}
Routes = dict[str, str]


def module_of(path: Any) -> str:
    return f"{path.parent.name}.{path.stem}"


MODULES = {module_of(path) for path in FUNCTIONS}


def routes_of_functions() -> Routes:
    """Ask each function for its own route."""
    found = {}
    for name in MODULES:
        module = importlib.import_module(name)
        if hasattr(module, "api"):
            text = module.api.resolver.get_openapi_json_schema(security_schemes=SCHEMES)
            said = json.loads(text)["paths"]
            ((path, methods),) = said.items()
            (method,) = methods
            found[f"{method.upper()} {path}"] = name
    return found


def routes_of_template(written: dict[str, Any]) -> Routes:
    """Read each function's route in the template."""
    return {
        f"{event['Properties']['Method']} {event['Properties']['Path']}": resource["Properties"][
            "Handler"
        ].removesuffix(".handler")
        for resource in written["Resources"].values()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "HttpApi"
    }


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }


def test_the_template_routes_to_the_functions_that_serve(written: dict[str, Any]) -> None:
    assert routes_of_template(written) == routes_of_functions()


def test_the_document_has_exactly_the_routes_of_the_template(written: dict[str, Any]) -> None:
    assert set(operations()) == set(routes_of_template(written))


def test_the_document_is_the_one_that_the_functions_tell() -> None:
    assert openapi.document() == DOCUMENT


def test_every_function_is_deployed_and_everything_deployed_exists(written: dict[str, Any]) -> None:
    handlers = [
        resource["Properties"]["Handler"]
        for resource in written["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    assert sorted(handlers) == sorted(f"{module}.handler" for module in MODULES)


def test_every_function_has_an_event_and_every_event_a_function() -> None:
    events = {module_of(path) for path in (ROOT / "events").glob("*/*.json")}
    assert events == MODULES


@pytest.mark.parametrize("path", sorted((ROOT / "events").glob("*/*.json")), ids=module_of)
def test_an_event_is_of_the_route_that_its_function_serves(path: Any) -> None:
    event = json.loads(path.read_text())
    served = {name: route for route, name in routes_of_functions().items()}
    assert event.get("routeKey") == served.get(module_of(path))


def test_a_route_is_closed_unless_it_is_one_of_the_public_ones() -> None:
    opened = {route for route, said in operations().items() if not said.get("security")}
    assert opened == PUBLIC


@pytest.mark.parametrize("route", sorted(operations()))
def test_every_route_is_described_with_its_problems(route: str) -> None:
    said = operations()[route]
    assert said["summary"]
    assert said["tags"]
    expected = {"500", "503", "422"} | (set() if route in PUBLIC else {"401"})
    assert expected <= set(said["responses"])


@pytest.mark.parametrize("path", FUNCTIONS, ids=module_of)
def test_a_function_is_read_at_a_glance(path: Any) -> None:
    assert len(path.read_text().splitlines()) <= 40
