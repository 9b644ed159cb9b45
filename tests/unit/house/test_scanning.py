"""What reaches the queue of scan results, who may send there, and what scanning may do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.events.models import EventPattern
from samtranslator.yaml_helper import yaml_parse

from local.intrinsics import Resolver
from local.names import Names
from local.template import load
from tests.support.paths import ROOT

Json = dict[str, Any]
MINE = "fragua-local-123456789012-"
EVENT = json.loads((ROOT / "events" / "files" / "quarantine.json").read_text())["Records"][0]


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    """What says the names of a deployment's resources."""
    names = Names("http://127.0.0.1")
    template = load(ROOT / "template.yaml")
    names.register(template.resources)
    pseudo = {"AWS::AccountId": "123456789012", "AWS::Region": "eu-west-1"}
    return Resolver({**pseudo, **template.parameters}, {}, template.conditions, names)


@pytest.fixture(scope="module")
def rule(resolver: Resolver) -> Json:
    """The rule's properties, with all names in them."""
    template = load(ROOT / "template.yaml")
    found: Json = resolver.resolve(template.resources["ThreatsFoundRule"]["Properties"])
    return found


@pytest.fixture(scope="module")
def bucket(resolver: Resolver) -> str:
    """The name of the default bucket."""
    return str(resolver.resolve({"Ref": "DefaultBucket"}))


def event(bucket: str, **more: Any) -> Json:
    """GuardDuty's event about an object of a bucket."""
    made: Json = json.loads(EVENT["body"].replace("DEFAULT_BUCKET", bucket))
    made["detail"]["scanResultDetails"] |= more.pop("found", {})
    return {**made, **more}


def forwards(rule: Json, event: Any) -> bool:
    return bool(EventPattern.load(json.dumps(rule["EventPattern"])).matches_event(event))


def test_a_finding_in_a_bucket_of_this_deployment_is_forwarded_as_it_is(
    rule: Json, bucket: str, resolver: Resolver
) -> None:
    assert forwards(rule, event(bucket))
    assert forwards(rule, event(f"{MINE}0123456789"))
    (target,) = rule["Targets"]
    assert target["Arn"] == resolver.resolve({"Fn::GetAtt": ["ScanResultsQueue", "Arn"]})
    assert not [name for name in target if name.startswith("Input")]


@pytest.mark.parametrize(
    "status", ["NO_THREATS_FOUND", "UNSUPPORTED", "ACCESS_DENIED", "FAILED", "INFECTED"]
)
def test_no_clean_result_reaches_the_queue_by_itself(rule: Json, bucket: str, status: str) -> None:
    assert not forwards(rule, event(bucket, found={"scanResultStatus": status}))


def test_nothing_of_other_buckets_services_and_kinds_is_forwarded(rule: Json, bucket: str) -> None:
    others = [
        event("somebody-elses"),
        event("fragua-other-123456789012-0123456789"),
        event(f"x{MINE}1"),
        event(bucket, source="com.example.scanner"),
        event(bucket, **{"detail-type": "GuardDuty Finding"}),
    ]
    assert [forwards(rule, each) for each in others] == [False] * len(others)


def test_no_service_but_that_rule_sends_to_the_queue(resources: dict[str, Json]) -> None:
    policy = resources["ScanResultsPolicy"]["Properties"]
    (allow,) = policy["PolicyDocument"]["Statement"]
    queues = ["ScanResultsQueue", "ScanResultsDeadLetters"]
    assert policy["Queues"] == [{"Ref": name} for name in queues]
    assert allow == {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": [{"Fn::GetAtt": [name, "Arn"]} for name in queues],
        "Condition": {
            "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["ThreatsFoundRule", "Arn"]}},
        },
    }


def test_guardduty_is_asked_for_and_paid_by_nobody_who_did_not_say_so(
    written: Json, resources: dict[str, Json], resolver: Resolver
) -> None:
    assert written["Parameters"]["MalwareScanning"]["Default"] == "off"
    assert resources["Scanning"]["Condition"] == "HasMalwareScanning"
    assert not resolver.holds("HasMalwareScanning")
    url = resources["Scanning"]["Properties"]["TemplateURL"]
    assert (ROOT / url).is_file()


@pytest.fixture(scope="module")
def scanning() -> dict[str, Json]:
    """The resources of the nested template."""
    template = yaml_parse((ROOT / "infrastructure" / "scanning.yaml").read_text())
    found: dict[str, Json] = template["Resources"]
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_what_scans_is_guardduty_alone_and_may_nothing_beside(scanning: dict[str, Json]) -> None:
    role = scanning["Role"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "malware-protection-plan.guardduty.amazonaws.com"}
    (policy,) = role["Policies"]
    for statement in policy["PolicyDocument"]["Statement"]:
        assert not [action for action in listed(statement["Action"]) if "*" in action]
        for resource in listed(statement["Resource"]):
            # No name of a bucket or a rule is torn by how it is written.
            assert not set(" \n") & set(resource["Fn::Sub"])
            assert (
                "${BucketName}" in resource["Fn::Sub"] or "/DO-NOT-DELETE-" in resource["Fn::Sub"]
            )


def test_files_are_scanned_and_what_is_made_of_them_is_not(scanning: dict[str, Json]) -> None:
    plan = scanning["Plan"]["Properties"]
    assert plan["ProtectedResource"]["S3Bucket"]["ObjectPrefixes"] == ["files/"]
    assert plan["Role"] == {"Fn::GetAtt": ["Role", "Arn"]}
