"""The alarms that roll an update back: the stack's own, as its output RollbackAlarms names them.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.deploy.errors import Refused

OUTPUT = "RollbackAlarms"
# CloudFormation takes no more triggers, and no longer watch (minutes).
MOST = 5
LONGEST = 180


@dataclass(frozen=True)
class Watch:
    """What CloudFormation shall watch, and a line about each alarm that it can't."""

    triggers: list[dict[str, str]]
    remarks: list[str]

    def configuration(self, minutes: int) -> dict[str, Any]:
        """The RollbackConfiguration; without a trigger nobody waits for anything."""
        return {
            "RollbackTriggers": self.triggers,
            "MonitoringTimeInMinutes": minutes if self.triggers else 0,
        }


def watch(cloudwatch: Any, outputs: Mapping[str, str]) -> Watch:
    """Which of the stack's alarms can be watched. Raises Refused for more than MOST.

    A trigger that is missing fails the whole update, and one that is on already would forbid the
    very update that may mend it; both are left out, and said.
    """
    arns = [arn.strip() for arn in outputs.get(OUTPUT, "").split(",") if arn.strip()]
    if len(arns) > MOST:
        raise Refused(f"{OUTPUT} names {len(arns)} alarms; CloudFormation watches at most {MOST}")
    if not arns:
        return Watch([], ["No alarm is watched: the stack names none yet"])
    found = _alarms(cloudwatch, arns)
    triggers, remarks = [], []
    for arn in arns:
        kind, state = found.get(arn, ("", ""))
        if not kind:
            remarks.append(f"There is no alarm {_name(arn)} any more: it is not watched")
        elif state == "ALARM":
            remarks.append(f"{_name(arn)} is in ALARM already: it is not watched")
        else:
            triggers.append({"Arn": arn, "Type": kind})
    return Watch(triggers, remarks)


def _alarms(cloudwatch: Any, arns: list[str]) -> dict[str, tuple[str, str]]:
    """Map each alarm's ARN to its resource type and state."""
    answer = cloudwatch.describe_alarms(
        AlarmNames=[_name(arn) for arn in arns], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    kinds = {
        "AWS::CloudWatch::Alarm": answer.get("MetricAlarms", []),
        "AWS::CloudWatch::CompositeAlarm": answer.get("CompositeAlarms", []),
    }
    return {
        alarm["AlarmArn"]: (kind, alarm["StateValue"])
        for kind, alarms in kinds.items()
        for alarm in alarms
    }


def _name(arn: str) -> str:
    return arn.split(":", 6)[-1]
