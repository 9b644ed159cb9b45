"""Whom the pipeline's account believes, and what it lets him do: pipeline/bootstrap.yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.support.paths import ROOT

TEMPLATE = yaml_parse((ROOT / "pipeline" / "bootstrap.yaml").read_text())
RESOURCES = TEMPLATE["Resources"]
ENVIRONMENTS = ("testing", "production")
DOOR = "token.actions.githubusercontent.com"
STAGE = "${aws:PrincipalTag/stage}"
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
# Longer than any real name of a region, an account's bucket or this one's ARNs.
MEASURE = {
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-2",
    "AWS::AccountId": "9" * 12,
}
Statement = dict[str, Any]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {n: r.get("Properties", {}) for n, r in RESOURCES.items() if r["Type"] == kind}


def policies() -> dict[str, list[Statement]]:
    found = of_type("AWS::IAM::ManagedPolicy")
    return {name: properties["PolicyDocument"]["Statement"] for name, properties in found.items()}


def statements() -> Iterator[tuple[str, Statement]]:
    for statements_ in policies().values():
        for one in statements_:
            yield one["Sid"], one


def statement(sid: str) -> Statement:
    (found,) = [one for name, one in statements() if name == sid]
    return found


def plain(value: Any) -> str:
    """An ARN as IAM will see it, as far as this template says."""
    if isinstance(value, dict):
        text = value.get("Fn::Sub") or f"<{json.dumps(value)}>"
        for name, said in MEASURE.items():
            text = text.replace(f"${{{name}}}", said)
        return str(text).replace("${!", "${")
    return str(value)


def trusts(role: str) -> list[Statement]:
    return list(RESOURCES[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_deploy_role_believes_one_environment_of_one_repository(environment: str) -> None:
    (trust,) = trusts(f"{environment.title()}DeployRole")
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"] == {
        "StringEquals": {
            f"{DOOR}:aud": "sts.amazonaws.com",
            f"{DOOR}:sub": {"Fn::Sub": f"repo:${{Repository}}:environment:{environment}"},
        }
    }


def test_nobody_else_is_believed() -> None:
    roles = set(of_type("AWS::IAM::Role"))
    deploying = {f"{environment.title()}DeployRole" for environment in ENVIRONMENTS}
    executing = {f"{environment.title()}ExecutionRole" for environment in ENVIRONMENTS}
    assert roles == deploying | executing
    for role in executing:
        (trust,) = trusts(role)
        assert trust["Principal"] == {"Service": "cloudformation.amazonaws.com"}


def test_no_trust_holds_a_wildcard_or_a_condition_that_an_absent_claim_meets() -> None:
    for role in of_type("AWS::IAM::Role").values():
        text = json.dumps(role["AssumeRolePolicyDocument"])
        assert not re.search(r"\*|Like|ForA(ll|ny)Value|IfExists|Null", text)


@pytest.mark.parametrize(
    "repository",
    ["ada/fragua", "ada-l/fragua.git_2", "ada@123/fragua@456"],
)
def test_the_repository_is_named_as_githubs_tokens_name_it(repository: str) -> None:
    assert re.fullmatch(TEMPLATE["Parameters"]["Repository"]["AllowedPattern"], repository)


@pytest.mark.parametrize("repository", ["", "ada", "ada/*", "*/fragua", "ada/fragua:ref", "a/b/c"])
def test_no_wildcard_can_be_the_repository(repository: str) -> None:
    assert not re.fullmatch(TEMPLATE["Parameters"]["Repository"]["AllowedPattern"], repository)


@pytest.mark.parametrize("kind", ["DeployRole", "ExecutionRole"])
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_role_carries_the_stage_that_all_policies_speak_of(environment: str, kind: str) -> None:
    role = RESOURCES[f"{environment.title()}{kind}"]["Properties"]
    assert role["Tags"] == [{"Key": "stage", "Value": environment}]
    assert environment in role["RoleName"]


def test_the_deploy_role_passes_the_stages_role_to_cloudformation_alone() -> None:
    passed = [one for one in policies()["DeployPolicy"] if "iam:PassRole" in listed(one["Action"])]
    (one,) = passed
    assert plain(one["Resource"]).endswith(f":role/fragua-pipeline-{STAGE}-execution")
    assert one["Condition"] == {
        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
    }


def test_the_stack_is_changed_with_the_stages_role_alone() -> None:
    condition = statement("OrderChanges")["Condition"]["StringEquals"]
    role = plain(condition["cloudformation:RoleArn"])
    assert role.endswith(f":role/fragua-pipeline-{STAGE}-execution")


def test_the_deploy_role_can_neither_delete_a_stack_nor_read_a_secret() -> None:
    actions = {a for one in policies()["DeployPolicy"] for a in listed(one["Action"])}
    services = {action.partition(":")[0] for action in actions}
    assert services == {"cloudformation", "cloudwatch", "iam", "s3", "ssm"}
    assert "cloudformation:DeleteStack" not in actions
    assert {action for action in actions if action.startswith("ssm:")} == {
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
    }


BOUNDED = [
    *("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy"),
    *("iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary"),
]


@pytest.mark.parametrize("action", BOUNDED)
def test_no_role_is_made_or_widened_without_the_boundary(action: str) -> None:
    (one,) = [one for _, one in statements() if action in listed(one["Action"])]
    assert one["Condition"]["StringEquals"]["iam:PermissionsBoundary"] == {"Ref": "Boundary"}


def test_no_role_loses_its_boundary_and_no_pipelines_role_is_reached() -> None:
    for _, one in statements():
        iam = [action for action in listed(one["Action"]) if action.startswith("iam:")]
        assert "iam:DeleteRolePermissionsBoundary" not in iam
        if iam and "iam:CreateServiceLinkedRole" not in iam:
            for where in map(plain, listed(one["Resource"])):
                assert f"/fragua-{STAGE}-" in where or f"/fragua-pipeline-{STAGE}-exec" in where


def test_the_boundary_caps_to_the_stage_of_the_role_that_has_it() -> None:
    for one in policies()["Boundary"]:
        text = json.dumps([one["Resource"], one.get("Condition", "")])
        named = STAGE in text.replace("${!", "${")
        assert named or one["Sid"] in {"Passwords", "Database", "Mail", "Interfaces", "Scanning"}


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


# Services whose prefix in a policy is not that of their resources in a template.
PREFIXES = {"apigatewayv2": "apigateway"}


def test_cloudformation_may_make_whatever_the_templates_are_made_of(
    everything: list[dict[str, Any]],
) -> None:
    names = ("RolesPolicy", "ServicesPolicy", "StoresPolicy", "NetworkPolicy")
    actions = {a for name in names for one in policies()[name] for a in listed(one["Action"])}
    reached = {action.partition(":")[0] for action in actions}
    types = {resource["Type"] for resource in everything}
    # Custom resources are functions, and these are there already.
    needed = {kind.split("::")[1].lower() for kind in types if kind.startswith("AWS::")}
    assert {PREFIXES.get(service, service) for service in needed} <= reached


def test_every_execution_role_may_do_the_same() -> None:
    testing, production = (
        RESOURCES[f"{environment.title()}ExecutionRole"]["Properties"]["ManagedPolicyArns"]
        for environment in ENVIRONMENTS
    )
    assert testing == production


def test_the_artifact_bucket_is_closed_encrypted_versioned_and_kept() -> None:
    bucket = RESOURCES["ArtifactBucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    properties = bucket["Properties"]
    assert all(properties["PublicAccessBlockConfiguration"].values())
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_the_artifact_bucket_is_spoken_to_by_tls_alone() -> None:
    (denied,) = RESOURCES["ArtifactBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(denied["Resource"]) == 2


def test_old_artifacts_end() -> None:
    rules = RESOURCES["ArtifactBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert [rule["Status"] for rule in rules] == ["Enabled"] * len(rules)
    assert any("NoncurrentVersionExpiration" in rule for rule in rules)


def test_the_outputs_are_what_make_deploy_asks_for() -> None:
    roles = {f"{environment.title()}ExecutionRole" for environment in ENVIRONMENTS}
    assert {"ArtifactBucket", "PermissionsBoundary", *roles} <= set(TEMPLATE["Outputs"])
