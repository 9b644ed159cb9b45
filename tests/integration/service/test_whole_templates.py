"""Templates make all of their resources that the emulator knows; the main one as SAM reads it."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.cloudformation.parsing import resource_class_from_type
from samtranslator.yaml_helper import yaml_parse

from local.account import ACCOUNT_ID, REGION
from local.intrinsics import Resolver
from local.template import load
from tests.support.paths import ROOT
from tests.support.templates import OwnNames

# Made from templates of their own, and by a function that nobody runs here.
ELSEWHERE = {"AWS::CloudFormation::Stack", "Custom::Migration"}
# Where local/template.py says that the code of all functions is.
BUCKET, KEY = "local", "code.zip"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT_ID}:certificate/x"
EDGE = {
    "Stage": "production",
    "ApiDomainName": "api.example.com",
    "ApiCertificateArn": CERTIFICATE,
    "ReservedConcurrency": "1",
    "MailSender": "fragua@example.com",
}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account of this process alone, with the bucket that code comes from."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    code = BytesIO()
    zipfile.ZipFile(code, "w").close()
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=code.getvalue())
        yield


def template(path: str) -> dict[str, Any]:
    """Read a template; SAM's own types translated."""
    document: dict[str, Any] = yaml_parse((ROOT / path).read_text())
    if "Transform" in document:
        del document["Transform"], document["Globals"], document["Rules"]
        document["Resources"] = load(ROOT / path).resources
    return document


def is_known(resource: dict[str, Any]) -> bool:
    kind = resource["Type"]
    return kind not in ELSEWHERE and resource_class_from_type(kind) is not None


def stood_in_for(value: Any, missing: set[str]) -> Any:
    """Put a name in the place of whatever mentions a resource that is missing."""
    if isinstance(value, list):
        return [stood_in_for(item, missing) for item in value]
    if not isinstance(value, dict):
        return value
    if mentioned(value) in missing:
        return f"arn:aws:service:{REGION}:{ACCOUNT_ID}:{mentioned(value)}"
    if isinstance(text := value.get("Fn::Sub"), str):
        for name in missing:
            text = text.replace(f"${{{name}}}", name).replace(f"${{{name}.Arn}}", name)
        return {"Fn::Sub": text}
    return {key: stood_in_for(item, missing) for key, item in value.items()}


def mentioned(value: dict[str, Any]) -> str | None:
    """Name the resource that a Ref or Fn::GetAtt is about."""
    about = value.get("Ref") or value.get("Fn::GetAtt")
    name = about[0] if isinstance(about, list) else about
    return name.split(".")[0] if isinstance(name, str) else None


def wanted(document: dict[str, Any], given: dict[str, str]) -> Counter[str]:
    """Count the resources that these parameters ask for, by type."""
    defaults = {name: about.get("Default") for name, about in document["Parameters"].items()}
    parameters = {**defaults, **given, "AWS::Region": REGION}
    conditions = document.get("Conditions", {})
    resolver = Resolver(parameters, document.get("Mappings", {}), conditions, OwnNames())
    return Counter(
        resource["Type"]
        for resource in document["Resources"].values()
        if "Condition" not in resource or resolver.holds(resource["Condition"])
    )


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("template.yaml", {"Stage": "testing"}),
        ("template.yaml", EDGE),
        ("infrastructure/scanning.yaml", {"BucketName": BUCKET}),
        ("pipeline/bootstrap.yaml", {"Repository": "owner/name"}),
    ],
    ids=["main", "main-with-edge", "scanning", "bootstrap"],
)
def test_all_that_the_emulator_knows_is_made(path: str, given: dict[str, str]) -> None:
    document = template(path)
    missing = {name for name, each in document["Resources"].items() if not is_known(each)}
    for name in missing:
        del document["Resources"][name]
    expected = wanted(document, given)
    assert expected
    document["Resources"] = stood_in_for(document["Resources"], missing)
    formation = boto3.client("cloudformation")
    formation.create_stack(
        StackName="whole",
        TemplateBody=json.dumps({**document, "Outputs": {}}, default=str),
        Parameters=[{"ParameterKey": key, "ParameterValue": text} for key, text in given.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    (stack,) = formation.describe_stacks(StackName="whole")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    pages = formation.get_paginator("list_stack_resources").paginate(StackName="whole")
    made = Counter(
        resource["ResourceType"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        # Whose condition is false stands there without a name.
        if resource["LogicalResourceId"]
    )
    assert made == expected
