"""Whom the pipeline's account believes, and what he is kept to: pipeline/bootstrap.yaml."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.pipeline import (
    DOOR,
    ENVIRONMENTS,
    RESOURCES,
    STAGE,
    TEMPLATE,
    listed,
    of_type,
    plain,
    policies,
    statement,
    statements,
    trusts,
)


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
        assert named or one["Sid"] in {"Passwords", "Mail", "Interfaces", "Scanning"}


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
