"""What reaches the queue of scan results, and who may send there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

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
