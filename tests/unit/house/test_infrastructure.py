"""What the nested templates promise: nothing open, nothing lost, everything watched."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from fragua.database import login
from tests.support.paths import ROOT
from tests.unit.house.test_template import Resources, of_type

TEMPLATES = sorted((ROOT / "infrastructure").glob("*.yaml"))


def template(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse((ROOT / "infrastructure" / f"{name}.yaml").read_text())
    return found


def nested(resources: Resources) -> dict[str, dict[str, Any]]:
    """Name the root's nested stacks by their templates."""
    stacks = of_type(resources, "AWS::CloudFormation::Stack").values()
    return {stack["TemplateURL"].split("/")[-1].removesuffix(".yaml"): stack for stack in stacks}


@pytest.mark.parametrize("name", ["network", "database", "monitoring", "scanning"])
def test_a_nested_stack_gets_what_it_asks_for(resources: Resources, name: str) -> None:
    asked = template(name)["Parameters"]
    given = nested(resources)[name]["Parameters"]
    needed = {key for key, value in asked.items() if "Default" not in value}
    assert needed <= set(given) <= set(asked)


def test_what_is_taken_from_a_nested_stack_is_there(resources: Resources) -> None:
    text = json.dumps(resources)
    of = {"Network": "network", "PostgreSQL": "database", "Monitoring": "monitoring"}
    taken = set(re.findall(r'\["(\w+)", "Outputs\.(\w+)"\]', text))
    assert len(taken) > 8
    assert not [(s, output) for s, output in taken if output not in template(of[s])["Outputs"]]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_stack_has_room_below_500_resources(path: Any) -> None:
    assert 0 < len(yaml_parse(path.read_text())["Resources"]) < 250


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_an_output_is_not_called_like_a_parameter_which_sam_would_take_it_for(path: Any) -> None:
    document = yaml_parse(path.read_text())
    assert set(document.get("Outputs", {})) & set(document["Parameters"]) == set()


# --- the network -------------------------------------------------------------------------------


def test_there_is_no_way_to_the_internet() -> None:
    kinds = {resource["Type"] for resource in template("network")["Resources"].values()}
    ways = {"InternetGateway", "NatGateway", "Route", "VPCGatewayAttachment"}
    assert not kinds & {f"AWS::EC2::{way}" for way in ways}


def test_endpoints_are_where_functions_need_them_and_let_in_this_account_alone() -> None:
    endpoints = of_type(template("network")["Resources"], "AWS::EC2::VPCEndpoint").values()
    kinds = {(e["ServiceName"]["Fn::Sub"].split(".")[-1], e["VpcEndpointType"]) for e in endpoints}
    paid = {("sqs", "Interface"), ("secretsmanager", "Interface")}
    assert kinds == paid | {("s3", "Gateway"), ("dynamodb", "Gateway")}
    for endpoint in endpoints:
        for statement in endpoint["PolicyDocument"]["Statement"]:
            to_cloudformation = "cloudformation-custom-resource" in str(statement["Resource"])
            assert to_cloudformation or "Account" in json.dumps(statement["Condition"])


def test_nobody_comes_in_but_by_a_rule_that_names_a_group() -> None:
    for name in ("network", "database"):
        resources = template(name)["Resources"]
        rules = [
            rule
            for group in of_type(resources, "AWS::EC2::SecurityGroup").values()
            for rule in group.get("SecurityGroupIngress", [])
        ]
        rules += of_type(resources, "AWS::EC2::SecurityGroupIngress").values()
        assert rules
        assert all("SourceSecurityGroupId" in rule for rule in rules)
        assert not [rule for rule in rules if "CidrIp" in rule or "CidrIpv6" in rule]


def test_a_group_says_who_may_be_spoken_to() -> None:
    for name in ("network", "database"):
        groups = of_type(template(name)["Resources"], "AWS::EC2::SecurityGroup").values()
        assert all(group["SecurityGroupEgress"] for group in groups)


def test_only_functions_that_use_sql_are_in_the_vpc(resources: Resources) -> None:
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        role = resources[function["Role"]["Fn::GetAtt"][0]]["Properties"]
        uses_sql = {"Ref": "DatabasePolicy"} in role["ManagedPolicyArns"]
        assert ("VpcConfig" in function) == (uses_sql or name == "MigrateFunction"), name


# --- the database ------------------------------------------------------------------------------


def test_rows_are_encrypted_kept_and_can_be_gone_back_to() -> None:
    instance = template("database")["Resources"]["Instance"]
    assert (instance["DeletionPolicy"], instance["UpdateReplacePolicy"]) == ("Snapshot",) * 2
    properties = instance["Properties"]
    assert properties["StorageEncrypted"] is True
    assert properties["PubliclyAccessible"] is False
    assert properties["DeleteAutomatedBackups"] is False
    assert properties["DeletionProtection"] == {"Ref": "DeletionProtection"}
    assert properties["BackupRetentionPeriod"] == {"Ref": "BackupDays"}


def test_a_deployment_is_protected_and_backed_up_unless_somebody_says_otherwise(
    written: dict[str, Any],
) -> None:
    parameters = written["Parameters"]
    assert parameters["DatabaseDeletionProtection"]["Default"] == "true"
    # RDS takes 0 for no backups, and then there is no going back.
    assert parameters["DatabaseBackupDays"]["MinValue"] == 1


def test_nobody_logs_in_without_tls_and_functions_by_iam_alone() -> None:
    resources = template("database")["Resources"]
    assert resources["Parameters"]["Properties"]["Parameters"]["rds.force_ssl"] == "1"
    proxy = resources["DatabaseProxy"]["Properties"]
    assert (proxy["RequireTLS"], proxy["DefaultAuthScheme"]) == (True, "IAM_AUTH")
    for name in ("Instance", "ReadReplica"):
        properties = resources[name]["Properties"]
        assert properties["EnableIAMDatabaseAuthentication"] is True


def test_the_owners_password_is_rds_own_but_for_a_replica_which_rds_would_not_make() -> None:
    properties = template("database")["Resources"]["Instance"]["Properties"]
    assert properties["ManageMasterUserPassword"] == {"Fn::If": ["HasReplica", False, True]}
    condition, given, otherwise = properties["MasterUserPassword"]["Fn::If"]
    assert (condition, otherwise) == ("HasReplica", {"Ref": "AWS::NoValue"})
    assert given["Fn::Sub"].startswith("{{resolve:secretsmanager:${OwnerSecret}:")


def test_the_log_of_the_database_holds_no_statement() -> None:
    parameters = template("database")["Resources"]["Parameters"]["Properties"]["Parameters"]
    assert parameters["log_statement"] == "none"
    assert parameters["log_min_duration_statement"] == "-1"
    assert parameters["log_min_error_statement"] == "panic"


def test_the_certificate_of_the_instance_is_of_an_authority_that_functions_know() -> None:
    resources = template("database")["Resources"]
    names = {
        resources[n]["Properties"]["CACertificateIdentifier"] for n in ("Instance", "ReadReplica")
    }
    assert names == {"rds-ca-rsa2048-g1"}
    assert "RSA2048 G1" in login.AUTHORITIES.read_text()


def test_the_role_is_the_one_that_functions_log_in_as(resources: Resources) -> None:
    migrate = resources["MigrateFunction"]["Properties"]["Environment"]["Variables"]
    role = migrate["DATABASE_ROLE"]["Fn::If"][1]["Fn::Sub"]
    outputs = json.dumps(template("database")["Outputs"])
    assert outputs.count(f"/{role}") == 2
    assert f"/{role}" in json.dumps(template("database")["Resources"]["ProxyRole"])


# --- what is watched ---------------------------------------------------------------------------


def alarms() -> dict[str, dict[str, Any]]:
    return of_type(template("monitoring")["Resources"], "AWS::CloudWatch::Alarm")


def parameters_of(name: str) -> dict[str, str]:
    """Name the resource that is given as each parameter of the monitoring."""
    root = yaml_parse((ROOT / "template.yaml").read_text())["Resources"][name]
    given = root["Properties"]["Parameters"]
    found = {}
    for key, value in given.items():
        if isinstance(value, dict) and "Fn::GetAtt" in value:
            found[key] = value["Fn::GetAtt"][0]
        elif isinstance(value, dict) and "Ref" in value:
            found[key] = value["Ref"]
    return found


def watched(metric: str) -> set[str]:
    """Name the queues of the root whose metric raises an alarm."""
    given = parameters_of("Monitoring")
    return {
        given[dimension["Value"]["Ref"]]
        for alarm in alarms().values()
        if alarm.get("MetricName") == metric
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }


def test_dead_letters_raise_an_alarm(resources: Resources) -> None:
    queues = of_type(resources, "AWS::SQS::Queue").values()
    redriven = [queue["RedrivePolicy"] for queue in queues if "RedrivePolicy" in queue]
    dead = {policy["deadLetterTargetArn"]["Fn::GetAtt"][0] for policy in redriven}
    assert len(dead) > 3
    assert watched("NumberOfMessagesReceived") == dead


def test_a_queue_that_is_not_emptied_raises_an_alarm(resources: Resources) -> None:
    queues = of_type(resources, "AWS::SQS::Queue")
    # What a changed plan asks for takes as long as it takes.
    waiting = {name for name, q in queues.items() if "RedrivePolicy" in q} - {"BacklogQueue"}
    assert watched("ApproximateAgeOfOldestMessage") == waiting


def test_every_function_that_logs_an_error_raises_an_alarm(resources: Resources) -> None:
    filters = of_type(template("monitoring")["Resources"], "AWS::Logs::MetricFilter")
    given = parameters_of("Monitoring")
    metrics = {
        given[f["LogGroupName"]["Ref"]]: f["MetricTransformations"][0]["MetricName"]
        for f in filters.values()
    }
    groups = {
        function["LoggingConfig"]["LogGroup"]["Ref"]
        for function in of_type(resources, "AWS::Lambda::Function").values()
    }
    assert set(metrics) == groups
    assert set(metrics.values()) <= {alarm.get("MetricName") for alarm in alarms().values()}


def test_an_alarm_is_told_to_somebody() -> None:
    assert len(alarms()) > 20
    assert all(alarm["AlarmActions"] == [{"Ref": "Topic"}] for alarm in alarms().values())
    assert all(alarm["AlarmDescription"] for alarm in alarms().values())
    assert all("TreatMissingData" in alarm for alarm in alarms().values())


def test_a_bad_release_is_told_by_requests_and_by_errors_of_every_domain() -> None:
    rule = template("monitoring")["Resources"]["ReleaseIsBad"]["Properties"]["AlarmRule"]["Fn::Sub"]
    named = set(re.findall(r'ALARM\("\$\{(\w+)\}"\)', rule))
    assert {"ApiErrors", "ApiSlow", "Throttled"} <= named
    assert {name for name in alarms() if name.endswith("Fail")} <= named <= set(alarms())


def test_each_class_of_the_database_has_its_number_of_connections(written: dict[str, Any]) -> None:
    classes = written["Parameters"]["DatabaseClass"]["AllowedValues"]
    assert set(template("monitoring")["Mappings"]["Connections"]) == set(classes)


def test_the_dashboard_can_be_read() -> None:
    body = template("monitoring")["Resources"]["Dashboard"]["Properties"]["DashboardBody"][
        "Fn::Sub"
    ]
    widgets = json.loads(body)["widgets"]
    assert len(widgets) == 12
    places = [(w["x"], w["y"]) for w in widgets]
    assert len(set(places)) == len(places)
    asked = set(re.findall(r"\$\{(\w+)\}", body))
    assert asked <= set(template("monitoring")["Parameters"])


def test_half_of_the_budget_and_all_of_it_raise_an_alarm() -> None:
    budget = template("monitoring")["Resources"]["Budget"]["Properties"]
    limits = [n["Notification"]["Threshold"] for n in budget["NotificationsWithSubscribers"]]
    assert limits == [50, 100]
