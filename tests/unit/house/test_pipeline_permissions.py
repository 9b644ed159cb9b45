"""What the pipeline may do is enough for the templates, and no more than has a name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.support.paths import ROOT
from tests.support.pipeline import (
    ENVIRONMENTS,
    RESOURCES,
    STAGE,
    listed,
    plain,
    policies,
    statements,
)

# Where AWS has no resource that could be named, or knows it by a number that it makes up.
WITHOUT_RESOURCES = {
    "ReadAlarms": "composite alarms are told to nobody who may ask for some alone",
    "SeeAlarms": "the same",
    "EventSources": "known by the function, in a condition",
    "AccessLogs": "log deliveries and resource policies have no ARN",
    "MakeUpPasswords": "GetRandomPassword concerns no secret",
    "Passwords": "the same",
    "SeeNetworks": "EC2's Describe actions take no resource",
    "SeeDatabases": "RDS lists, and is asked for lists",
    "BeginScanning": "GuardDuty's plans have no ARN before they are made",
    "MakeProxies": "RDS' proxies likewise",
    "Subscriptions": "SNS takes none for these",
    "Interfaces": "Lambda makes them in a subnet of somebody else's network",
}
# A managed policy holds no more, without white space.
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LARGEST = 6_144
# Where the last part of a resource's ARN is not the stack's name, its tag or its kind says more.
BY_NUMBER = (
    "apigateway",
    "billing",
    "ec2",
    "events",
    "guardduty",
    "kms",
    "rds",
    "rds-db",
    "route53",
    "ses",
    "lambda",
    "iam",
    "ssm",
)


@pytest.fixture(scope="module")
def everything(resources: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The resources of the template and of those that it nests."""
    # An administrator deploys the CDN by itself, in another region.
    paths = set(ROOT.glob("infrastructure/*.yaml")) - {ROOT / "infrastructure" / "edge.yaml"}
    nested = [yaml_parse(path.read_text()) for path in paths]
    return [*resources.values(), *(r for one in nested for r in one["Resources"].values())]


def test_the_boundary_lets_functions_do_what_the_templates_give_them(
    everything: list[dict[str, Any]],
) -> None:
    allowed = {a for one in policies()["Boundary"] for a in listed(one["Action"])}
    given = {
        action
        for resource in everything
        if resource["Type"].startswith("AWS::IAM::")
        for action in actions_allowed(resource["Properties"])
    }
    assert given - {"sts:AssumeRole"} <= allowed


def actions_allowed(value: Any) -> Iterator[str]:
    """Yield the actions of all statements anywhere in `value`."""
    if isinstance(value, dict):
        if value.get("Effect") == "Allow":
            yield from listed(value["Action"])
        for inner in value.values():
            yield from actions_allowed(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from actions_allowed(inner)


def test_every_role_of_the_templates_is_made_under_the_boundary(
    everything: list[dict[str, Any]],
) -> None:
    bounded = [{"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]
    roles = [r["Properties"] for r in everything if r["Type"] == "AWS::IAM::Role"]
    assert roles
    # The condition's name is the template's own affair.
    given = [role.get("PermissionsBoundary", {}).get("Fn::If", [None])[1:] for role in roles]
    assert given == [bounded] * len(roles)


# Names of something else than the resource itself.
REFERRING = ("DomainName", "FunctionName", "MetricName", "StageName")


def test_nothing_of_the_template_has_a_name_that_a_second_stage_has_too(
    resources: dict[str, dict[str, Any]],
) -> None:
    """Stages share an account, and policies know what is theirs by its name."""
    for name, resource in resources.items():
        for key, value in resource.get("Properties", {}).items():
            if key.endswith("Name") and key not in REFERRING:
                # SAM's translator has put the default in already, where it needs to know.
                assert re.search(r"\bStage\b|-local-", json.dumps(value)), (name, key)


def test_no_action_is_given_by_wildcard() -> None:
    assert not [(sid, a) for sid, one in statements() for a in listed(one["Action"]) if "*" in a]


def test_every_resource_is_named_but_where_aws_has_none() -> None:
    everything = {sid for sid, one in statements() if "*" in listed(one["Resource"])}
    assert everything == set(WITHOUT_RESOURCES)


def test_what_has_a_name_has_the_stages() -> None:
    for sid, one in statements():
        for where in map(plain, listed(one["Resource"])):
            service = where.split(":")[2] if where.startswith("arn") else ""
            if service and service not in BY_NUMBER and "secret:" not in where:
                assert STAGE in where or "${AWS::StackName}" in where or "transform" in where, sid


@pytest.mark.parametrize("name", sorted(policies()))
def test_a_policy_fits_into_what_iam_keeps(name: str) -> None:
    def measured(value: Any) -> Any:
        if isinstance(value, list):
            return [measured(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and next(iter(value)) in ("Ref", "Fn::GetAtt", "Fn::Sub"):
            return plain(value).ljust(100)
        return {key: measured(one) for key, one in value.items()}

    assert len(json.dumps(measured(policies()[name]), separators=(",", ":"))) < LARGEST


def test_every_execution_role_may_do_the_same() -> None:
    testing, production = (
        RESOURCES[f"{environment.title()}ExecutionRole"]["Properties"]["ManagedPolicyArns"]
        for environment in ENVIRONMENTS
    )
    assert testing == production
