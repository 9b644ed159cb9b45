"""The nested templates make what they describe, as far as the emulator knows its types."""

from __future__ import annotations

import ipaddress
import json
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto.cloudformation.parsing import resource_class_from_type
from samtranslator.yaml_helper import yaml_parse

from local.intrinsics import Resolver
from tests.support.paths import ROOT
from tests.support.templates import OwnNames

FOLDER = ROOT / "infrastructure"
# Attributes of an instance that the emulator's CloudFormation has no answer for.
UNKNOWN = ("MasterUserSecret", "DbiResourceId")
# It takes the group of an instance's parameters for a name, and breaks off; and it has no secrets.
LEFT_OUT = ("DBParameterGroupName", "MasterUserPassword")


def reduced(value: Any, parameters: dict[str, Any]) -> Any:
    """Put in, or leave out, what the emulator's CloudFormation does not know."""
    if isinstance(value, list):
        return [reduced(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Cidr" in value:
        block, count, bits = value["Fn::Cidr"]
        network = ipaddress.ip_network(parameters[block["Ref"]]["Default"])
        return [str(part) for part in list(network.subnets(new_prefix=32 - bits))[:count]]
    kept = {key: item for key, item in value.items() if key not in LEFT_OUT}
    return {key: reduced(item, parameters) for key, item in kept.items()}


def supported(name: str) -> dict[str, Any]:
    """Read a template, without resources that the emulator lacks and what refers to these."""
    document = yaml_parse((FOLDER / f"{name}.yaml").read_text())
    document = reduced(document, document["Parameters"])
    kinds = {key: resource["Type"] for key, resource in document["Resources"].items()}
    lacking = {key for key, kind in kinds.items() if resource_class_from_type(kind) is None}

    def kept(part: Any) -> bool:
        text = json.dumps(part, default=str)
        return not any(f'"{key}"' in text or f"${{{key}" in text for key in lacking)

    resources = {
        key: resource
        for key, resource in document["Resources"].items()
        if key not in lacking and kept(resource)
    }
    outputs = {
        key: output
        for key, output in document["Outputs"].items()
        if kept(output) and not any(name in json.dumps(output) for name in UNKNOWN)
    }
    return {**document, "Resources": resources, "Outputs": outputs}


class Made:
    """A stack in the emulator."""

    def __init__(self, name: str, **parameters: str) -> None:
        self.template = supported(name)
        self.formation = boto3.client("cloudformation")
        self.name = f"{name}-{uuid4().hex}"
        self.formation.create_stack(
            StackName=self.name,
            TemplateBody=json.dumps(self.template, default=str),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM"],
        )

    def status(self) -> str:
        (stack,) = self.formation.describe_stacks(StackName=self.name)["Stacks"]
        return str(stack["StackStatus"])

    def outputs(self) -> dict[str, str]:
        (stack,) = self.formation.describe_stacks(StackName=self.name)["Stacks"]
        return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}

    def resources(self) -> dict[str, str]:
        found = self.formation.list_stack_resources(StackName=self.name)
        return {
            r["LogicalResourceId"]: r["PhysicalResourceId"]
            for r in found["StackResourceSummaries"]
            # Whose condition is false stands there without a name.
            if r["LogicalResourceId"]
        }


@pytest.mark.usefixtures("backend")
def test_a_network_is_made() -> None:
    made = Made("network", Stage="test")
    assert made.status() == "CREATE_COMPLETE"
    assert {"Vpc", "SubnetA", "SubnetB", "FunctionsGroup"} <= set(made.resources())
    subnets = made.outputs()["Subnets"].split(",")
    found = boto3.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in found}) == 2
    assert {subnet["CidrBlock"] for subnet in found} == {"10.73.0.0/20", "10.73.16.0/20"}


@pytest.mark.usefixtures("backend")
def test_in_a_vpc_that_is_there_only_a_group_is_made() -> None:
    vpc = Made("network", Stage="test").outputs()
    given = {"VpcId": vpc["Network"], "SubnetIds": vpc["Subnets"], "SecurityGroupIds": "sg-own"}
    made = Made("network", Stage="other", **given)
    assert set(made.resources()) == {"FunctionsGroup"}
    outputs = made.outputs()
    assert outputs["Subnets"] == vpc["Subnets"]
    assert outputs["Groups"] == f"{outputs['Group']},sg-own"


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("multi", ["true", "false"])
def test_a_database_is_made(multi: str) -> None:
    vpc = Made("network", Stage="test").outputs()
    given = {"VpcId": vpc["Network"], "SubnetIds": vpc["Subnets"], "FunctionsGroup": vpc["Group"]}
    stage = uuid4().hex[:8]
    made = Made(
        "database",
        **given,
        Stage=stage,
        Class="db.t4g.micro",
        MultiAz=multi,
        Proxy="false",
        Replica="false",
        DeletionProtection="true",
        BackupDays="7",
    )
    assert made.status() == "CREATE_COMPLETE"
    name = f"fragua-{stage}"
    (instance,) = boto3.client("rds").describe_db_instances(DBInstanceIdentifier=name)[
        "DBInstances"
    ]
    assert instance["StorageEncrypted"] is True
    assert instance["MultiAZ"] == (multi == "true")
    assert instance["Engine"] == "postgres"


def monitoring() -> dict[str, dict[str, Any]]:
    """The resources of the monitoring, resolved for a deployment that has everything."""
    document = yaml_parse((FOLDER / "monitoring.yaml").read_text())
    given = dict.fromkeys(document["Parameters"], "x")
    given |= {"DatabaseClass": "db.t4g.micro", "AWS::Region": "eu-west-1", "AWS::AccountId": "1"}
    mappings, conditions = document["Mappings"], document["Conditions"]
    whole: dict[str, dict[str, Any]] = Resolver(given, mappings, conditions, OwnNames()).resolve(
        document["Resources"]
    )
    return whole


@pytest.mark.usefixtures("backend")
def test_alarms_are_taken_by_cloudwatch_as_they_are() -> None:
    cloudwatch, prefix = boto3.client("cloudwatch"), uuid4().hex
    for name, resource in monitoring().items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            cloudwatch.put_metric_alarm(AlarmName=f"{prefix}{name}", **resource["Properties"])
    found = cloudwatch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    assert len(found) > 20


@pytest.mark.usefixtures("backend")
def test_filters_find_what_functions_log_as_errors() -> None:
    logs = boto3.client("logs")
    group = f"/fragua/{uuid4().hex}"
    logs.create_log_group(logGroupName=group)
    for name, resource in monitoring().items():
        if resource["Type"] == "AWS::Logs::MetricFilter":
            about = resource["Properties"]
            (told,) = about["MetricTransformations"]
            logs.put_metric_filter(
                logGroupName=group,
                filterName=name,
                filterPattern=about["FilterPattern"],
                metricTransformations=[{k[0].lower() + k[1:]: v for k, v in told.items()}],
            )
    filters = logs.describe_metric_filters(logGroupName=group)["metricFilters"]
    assert len(filters) == 9


@pytest.mark.usefixtures("backend")
def test_the_dashboard_is_taken_by_cloudwatch() -> None:
    cloudwatch, about = boto3.client("cloudwatch"), monitoring()["Dashboard"]["Properties"]
    cloudwatch.put_dashboard(**about)
    body = json.loads(cloudwatch.get_dashboard(DashboardName="fragua-x")["DashboardBody"])
    expressions = [
        metric["expression"]
        for widget in body["widgets"]
        for metric in widget["properties"]["metrics"][0]
        if isinstance(metric, dict) and "expression" in metric
    ]
    assert expressions == ["SEARCH('{Fragua,stage,reason} stage=\"x\"', 'Sum', 300)"]
