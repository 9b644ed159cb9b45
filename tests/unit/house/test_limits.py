"""What the template lets through: the gateway's throttles, and how much runs at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fragua.accounts import permissions
from local.intrinsics import Resolver
from local.template import Template, load
from tests.support.paths import ROOT

Resources = dict[str, dict[str, Any]]
STAGE, RESERVED = "ApiApiGatewayDefaultStage", "ReservedConcurrentExecutions"
# What hashes, makes buckets or films, goes through everybody's pictures, or tells all admins.
EXPENSIVE = {
    "POST /v1/auth/password",
    "POST /v1/users",
    "POST /v1/buckets",
    "POST /v1/uploads",
    "POST /v1/videos",
    "POST /v1/plans",
    "PATCH /v1/plans/{name}",
    "POST /v1/products",
    "PATCH /v1/products/{sku}",
    "GET /v1/reports/product-views",
    "GET /v1/health",
}
HEAVY = ("uploads.assemble", "images.make_thumbnails", "videos.render")


@pytest.fixture(scope="module")
def throttles(resources: Resources) -> dict[str, dict[str, float]]:
    """The gateway's limits by route; the key of those of all other routes is empty."""
    stage = resources[STAGE]["Properties"]
    return {**stage["RouteSettings"], "": stage["DefaultRouteSettings"]}


def routes(resources: Resources) -> set[str]:
    """Name the routes as the gateway does."""
    paths = resources["Api"]["Properties"]["Body"]["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_a_throttle_is_of_a_route_that_exists(
    resources: Resources, throttles: dict[str, dict[str, float]]
) -> None:
    # CloudFormation refuses the stage otherwise.
    assert throttles.keys() - {""} <= routes(resources)


def test_a_throttle_says_how_many_a_second_and_how_many_at_once(
    throttles: dict[str, dict[str, float]],
) -> None:
    for limits in throttles.values():
        assert set(limits) == {"ThrottlingRateLimit", "ThrottlingBurstLimit"}
        assert 0 < limits["ThrottlingRateLimit"] < limits["ThrottlingBurstLimit"]


def test_what_is_expensive_is_throttled_lower_than_the_rest(
    throttles: dict[str, dict[str, float]],
) -> None:
    usual = throttles[""]
    for route in EXPENSIVE:
        assert throttles[route]["ThrottlingRateLimit"] <= usual["ThrottlingRateLimit"] / 10
        assert throttles[route]["ThrottlingBurstLimit"] <= usual["ThrottlingBurstLimit"] / 10


def test_whatever_anybody_may_post_has_a_throttle_of_its_own(
    throttles: dict[str, dict[str, float]],
) -> None:
    posts = {r for r, who in permissions.ROLES.items() if "anonymous" in who and r[:4] == "POST"}
    assert posts >= {"POST /v1/auth/login", "POST /v1/auth/register", "POST /v1/auth/refresh"}
    assert posts <= throttles.keys()


class Nowhere:
    """No resource is named by what is asked for here."""

    def ref(self, logical_id: str) -> str:
        raise KeyError(logical_id)

    def attribute(self, logical_id: str, name: str) -> str:
        raise KeyError(logical_id)


@pytest.fixture(scope="module")
def template() -> Template:
    return load(ROOT / "template.yaml")


def worker(template: Template, handler: str) -> tuple[str, dict[str, Any]]:
    """Return the logical id and the properties of a function."""
    ((name, properties),) = [
        (name, resource["Properties"])
        for name, resource in template.resources.items()
        if resource["Properties"].get("Handler") == f"{handler}.handler"
    ]
    return name, properties


def reserved(template: Template, handler: str, **given: str) -> Any:
    """Return what CloudFormation would set apart for a function, with the parameters given."""
    _, properties = worker(template, handler)
    wanted = {RESERVED: properties.get(RESERVED)}
    parameters = {**template.parameters, "AWS::Region": "eu-west-1", **given}
    resolver = Resolver(parameters, template.mappings, template.conditions, Nowhere())
    return resolver.resolve(wanted).get(RESERVED)


@pytest.mark.parametrize("handler", HEAVY)
def test_nothing_is_set_apart_unless_somebody_says_so(template: Template, handler: str) -> None:
    assert reserved(template, handler) is None
    assert reserved(template, handler, ReservedConcurrency="60") == "60"


def test_no_other_function_takes_something_out_of_the_accounts(resources: Resources) -> None:
    having = {r["Properties"]["Handler"] for r in resources.values() if RESERVED in r["Properties"]}
    assert having == {f"{handler}.handler" for handler in HEAVY}


@pytest.mark.parametrize("handler", HEAVY)
def test_no_less_can_be_set_apart_than_the_queues_of_a_worker_ask_for(
    written: dict[str, Any], template: Template, handler: str
) -> None:
    name, _ = worker(template, handler)
    sources = [r["Properties"] for r in template.resources.values() if "ScalingConfig" in str(r)]
    asked_for = sum(
        source["ScalingConfig"]["MaximumConcurrency"]
        for source in sources
        if source["FunctionName"] == {"Ref": name}
    )
    pattern = written["Parameters"]["ReservedConcurrency"]["AllowedPattern"]
    allowed = [number for number in range(1, 1000) if re.fullmatch(pattern, str(number))]
    assert re.fullmatch(pattern, "0")
    assert 0 < asked_for <= min(allowed) == 50
