"""Which alarms roll an update back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tools.deploy.alarms import watch
from tools.deploy.errors import Refused

ARN = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:"


def alarm(name: str, state: str = "OK") -> dict[str, str]:
    return {"AlarmName": name, "AlarmArn": ARN + name, "StateValue": state}


@pytest.fixture
def stub() -> Iterator[Stubber]:
    client = boto3.client(
        "cloudwatch", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as stubbed:
        yield stubbed
        stubbed.assert_no_pending_responses()


def answer(stub: Stubber, names: list[str], **found: Any) -> None:
    asked = {"AlarmNames": names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    stub.add_response("describe_alarms", found, asked)


def test_metric_and_composite_alarms_are_watched_as_what_they_are(stub: Stubber) -> None:
    answer(stub, ["a", "b"], MetricAlarms=[alarm("a")], CompositeAlarms=[alarm("b")])
    found = watch(stub.client, {"RollbackAlarms": f"{ARN}a, {ARN}b"})
    assert found.configuration(10) == {
        "RollbackTriggers": [
            {"Arn": f"{ARN}a", "Type": "AWS::CloudWatch::Alarm"},
            {"Arn": f"{ARN}b", "Type": "AWS::CloudWatch::CompositeAlarm"},
        ],
        "MonitoringTimeInMinutes": 10,
    }


def test_a_stack_without_alarms_is_not_waited_for(stub: Stubber) -> None:
    found = watch(stub.client, {})
    assert found.configuration(10) == {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}
    assert found.remarks


def test_an_alarm_that_is_on_already_does_not_forbid_what_mends_it(stub: Stubber) -> None:
    answer(stub, ["a", "b"], MetricAlarms=[alarm("a", "ALARM"), alarm("b")])
    found = watch(stub.client, {"RollbackAlarms": f"{ARN}a,{ARN}b"})
    assert [trigger["Arn"] for trigger in found.triggers] == [f"{ARN}b"]
    assert found.remarks == ["a is in ALARM already: it is not watched"]


def test_an_alarm_that_is_gone_does_not_fail_the_update(stub: Stubber) -> None:
    answer(stub, ["a"], MetricAlarms=[])
    found = watch(stub.client, {"RollbackAlarms": f"{ARN}a"})
    assert not found.triggers
    assert found.remarks == ["There is no alarm a any more: it is not watched"]


def test_more_alarms_than_cloudformation_watches_are_refused(stub: Stubber) -> None:
    with pytest.raises(Refused, match="names 6 alarms; CloudFormation watches at most 5"):
        watch(stub.client, {"RollbackAlarms": ",".join(f"{ARN}{n}" for n in range(6))})
