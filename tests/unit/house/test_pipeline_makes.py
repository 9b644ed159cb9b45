"""CloudFormation's role has what the makers of its resource types say that these need."""

from __future__ import annotations

import json
import sysconfig
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.support.paths import ROOT
from tests.support.pipeline import RESOURCES, listed, policies

DATA = Path(sysconfig.get_path("purelib")) / "cfnlint" / "data"
# What a schema names, and no template of ours makes use of: such actions are never asked for.
NOT_OURS = {
    "mutual TLS": ["apigateway:*CertificateToDomain", "apigateway:*CertificateFromDomain"],
    "policies and protection of nested stacks": [
        *("cloudformation:*StackPolicy", "cloudformation:GetTemplate"),
        "cloudformation:UpdateTerminationProtection",
    ],
    "imports, streams and replicas of tables": [
        *(
            "dynamodb:*Replica",
            "dynamodb:*Import*",
            "dynamodb:*ableKinesis*",
            "dynamodb:UpdateKinesis*",
            "kinesis:*",
        ),
        *("dynamodb:*Item", "dynamodb:Query", "dynamodb:Scan"),
        *("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
    ],
    "policies and insights of tables": [
        *("dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy"),
        "dynamodb:UpdateContributorInsights",
    ],
    "IPv6, tenancy, encryption within a network, services in other regions": [
        *("ec2:*SubnetCidrBlock", "ec2:ModifyVpcTenancy", "ec2:CreateVpcEncryptionControl"),
        *("vpc-lattice:*", "vpce:*"),
    ],
    "policies of groups and users": ["iam:*GroupPolicy", "iam:*UserPolicy"],
    # And must not be: the boundary stays, and a stage's tag is what keeps it to itself.
    "an end of the boundary or of a tag": [
        *("iam:DeleteRolePermissionsBoundary", "iam:UntagRole", "secretsmanager:UntagResource"),
    ],
    "keys of one's own": [
        "kms:*crypt",
        "kms:GenerateDataKey",
        "kms:ListAliases",
        "kms:RevokeGrant",
        "logs:*KmsKey",
    ],
    "file systems, signed code, versions and capacity of functions": [
        *(
            "elasticfilesystem:*",
            "s3files:*",
            "lambda:GetCodeSigningConfig",
            "lambda:PutFunctionCodeSigningConfig",
            "lambda:DeleteFunctionCodeSigningConfig",
            "lambda:PublishVersion",
        ),
        *("lambda:PassCapacityProvider", "lambda:PutFunctionScalingConfig"),
        "lambda:PutFunctionRecursionConfig",
    ],
    "versions of artifacts: each has a name of its own": ["s3:GetObjectVersion"],
    "data protection, indexes and deliveries of logs": [
        *("logs:PutDataProtectionPolicy", "logs:*IndexPolicy", "logs:PutBearerTokenAuthentication"),
        *("logs:DeleteResourcePolicy", "logs:PutLogGroupDeletionProtection", "firehose:*"),
        "sns:PutDataProtectionPolicy",
    ],
    "roles, restores and replicated backups of databases": [
        *("iam:ListRoles", "rds:*RoleToDBInstance", "rds:*RoleFromDBInstance", "rds:Restore*"),
        "rds:*BackupsReplication",
    ],
    "what buckets can besides": [
        *("s3:*teBucketMetadataTableConfiguration", "s3:UpdateBucketMetadata*", "s3tables:*"),
        *("s3:PutBucketAbac", "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:DeleteObject"),
        *("s3:Put*Replication*", "s3:PutBucketWebsite", "s3:DeleteBucketWebsite"),
        *("s3:Put*ObjectLockConfiguration", "s3:PutAccelerateConfiguration"),
        *("s3:PutAnalyticsConfiguration", "s3:PutIntelligentTieringConfiguration"),
        *("s3:PutInventoryConfiguration", "s3:PutMetricsConfiguration"),
    ],
}


# What the role has besides, for what CloudFormation itself does, or a service on its behalf.
BESIDES = {
    "tags and versions of policies, which no schema names": [
        *("iam:ListRoleTags", "iam:ListPolicyTags", "iam:TagPolicy", "iam:UntagPolicy"),
        "iam:SetDefaultPolicyVersion",
    ],
    "nested stacks and their change sets": ["cloudformation:*"],
    "code and artifacts": ["lambda:GetFunctionConfiguration", "s3:GetBucketLocation"],
    "the access log, which API Gateway has delivered": ["logs:*LogDelivery", "logs:*LogDeliveries"],
    "endpoints: what they are called, and their names within the network": [
        *("ec2:DescribePrefixLists", "ec2:DescribeTags", "route53:AssociateVPCWithHostedZone"),
    ],
}


@cache
def permissions() -> dict[str, set[str]]:
    """Read what each resource type needs to be made, read, changed and deleted, in any region."""
    found: dict[str, set[str]] = {}
    for path in (DATA / "schemas" / "resources").glob("*.json"):
        schema = json.loads(path.read_text())
        for verb, handler in schema.get("handlers", {}).items():
            if verb != "list":
                found.setdefault(schema["typeName"], set()).update(handler.get("permissions", []))
    return found


@cache
def known_to_iam() -> frozenset[str]:
    """Return all actions that a policy can name, in small letters: schemas name others, too."""
    path = DATA / "AdditionalSpecs/Policies.json"
    services = json.loads(path.read_text())
    return frozenset(
        f"{service}:{action}".lower()
        for service, about in services.items()
        for action in about["Actions"]
    )


def needed(kind: str) -> set[str]:
    """Return the actions that a type of ours needs."""
    return {
        action
        for action in permissions()[kind]
        if action.lower() in known_to_iam() and not is_one_of(NOT_OURS, action)
    }


def is_one_of(explained: dict[str, list[str]], action: str) -> bool:
    return any(fnmatchcase(action, pattern) for some in explained.values() for pattern in some)


@pytest.fixture(scope="module")
def kinds(resources: dict[str, dict[str, Any]]) -> set[str]:
    """The types of the template and of those that it nests."""
    # An administrator deploys the CDN by himself.
    paths = set(ROOT.glob("infrastructure/*.yaml")) - {ROOT / "infrastructure" / "edge.yaml"}
    nested = [yaml_parse(path.read_text()) for path in paths]
    everything = [*resources.values(), *(r for one in nested for r in one["Resources"].values())]
    return {each["Type"] for each in everything if each["Type"].startswith("AWS::")}


@pytest.fixture(scope="module")
def given() -> set[str]:
    """The actions that CloudFormation's role has."""
    attached = RESOURCES["TestingExecutionRole"]["Properties"]["ManagedPolicyArns"]
    statements = [one for policy in attached for one in policies()[policy["Ref"]]]
    return {action for one in statements for action in listed(one["Action"])}


def test_the_role_has_what_each_type_needs(kinds: set[str], given: set[str]) -> None:
    has = {action.lower() for action in given}
    all_needed = {(kind, action) for kind in kinds for action in needed(kind)}
    assert {(kind, action) for kind, action in all_needed if action.lower() not in has} == set()


def test_the_role_has_nothing_that_no_type_needs(kinds: set[str], given: set[str]) -> None:
    named = {action.lower() for kind in kinds for action in permissions()[kind]}
    others = {action for action in given if action.lower() not in named}
    assert {action for action in others if not is_one_of(BESIDES, action)} == set()
    assert {action for action in given if is_one_of(NOT_OURS, action)} == set()


def test_each_exemption_is_one(kinds: set[str]) -> None:
    named = set().union(*(permissions()[kind] for kind in kinds))
    for why, patterns in NOT_OURS.items():
        for pattern in patterns:
            assert any(fnmatchcase(action, pattern) for action in named), (why, pattern)
