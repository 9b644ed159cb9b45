"""A change set: what CloudFormation would do, before it does it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from tools.deploy.errors import Refused
from tools.deploy.stack import Kind

# Seconds between two looks, and until a change set that isn't there yet is given up.
_PAUSE = 3
_PATIENCE = 900
# CloudFormation has no other sign of a change set without changes.
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_NESTED = "AWS::CloudFormation::Stack"
Row = tuple[str, str, str, str]


@dataclass(frozen=True)
class Order:
    """Everything that a change set is made of."""

    stack: str
    kind: Kind
    template_url: str
    parameters: Mapping[str, str]
    role: str
    rollback: Mapping[str, Any]
    tags: Mapping[str, str]

    def request(self) -> dict[str, Any]:
        """The request that asks CloudFormation for it."""
        return {
            "StackName": self.stack,
            "ChangeSetName": f"deploy-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}",
            "ChangeSetType": self.kind,
            "TemplateURL": self.template_url,
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in sorted(self.parameters.items())
            ],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            "RoleARN": self.role,
            "RollbackConfiguration": self.rollback,
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
            "IncludeNestedStacks": True,
        }


@dataclass(frozen=True)
class ChangeSet:
    """One that can be executed."""

    id: str
    stack_id: str
    rows: list[Row]


def create(
    cloudformation: Any, order: Order, pause: Callable[[float], None] = time.sleep
) -> ChangeSet | None:
    """Ask for a change set and wait for it; None where nothing would change. Raises Refused.

    One that can't be executed is deleted, also where the person interrupts the waiting.
    """
    made = cloudformation.create_change_set(**order.request())
    try:
        answer = _ready(cloudformation, made["Id"], pause)
        if answer["Status"] == "CREATE_COMPLETE":
            return ChangeSet(made["Id"], made["StackId"], list(_rows(cloudformation, made["Id"])))
    except BaseException:
        delete(cloudformation, made["Id"])
        raise
    delete(cloudformation, made["Id"])
    reason = answer.get("StatusReason", "")
    if any(words in reason for words in _NOTHING):
        return None
    raise Refused(f"CloudFormation makes no change set: {reason or answer['Status']}")


def delete(cloudformation: Any, change_set: str) -> None:
    """Remove a change set, and those of nested stacks; what it says if it can't is not news."""
    try:
        cloudformation.delete_change_set(ChangeSetName=change_set)
    except ClientError as error:
        print(f"The change set {change_set} is left over: {error}")


def _ready(cloudformation: Any, change_set: str, pause: Callable[[float], None]) -> dict[str, Any]:
    for _ in range(_PATIENCE // _PAUSE):
        answer: dict[str, Any] = cloudformation.describe_change_set(ChangeSetName=change_set)
        if answer["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            return answer
        pause(_PAUSE)
    raise Refused(f"CloudFormation has not made the change set in {_PATIENCE // 60} minutes")


def _rows(cloudformation: Any, change_set: str, prefix: str = "") -> Iterator[Row]:
    for answer in _pages(cloudformation, change_set):
        for change in answer.get("Changes", []):
            one = change["ResourceChange"]
            name = prefix + one["LogicalResourceId"]
            yield one["Action"], _replaced(one), name, one["ResourceType"]
            if one["ResourceType"] == _NESTED and one.get("ChangeSetId"):
                yield from _rows(cloudformation, one["ChangeSetId"], f"{name}/")


def _pages(cloudformation: Any, change_set: str) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        answer = cloudformation.describe_change_set(ChangeSetName=change_set, **token)
        yield answer
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}


def _replaced(change: Mapping[str, Any]) -> str:
    return {"True": "replaces", "Conditional": "may replace"}.get(change.get("Replacement", ""), "")


def table(rows: list[Row]) -> list[str]:
    """The changes as lines of aligned columns, removals and replacements first."""
    order = {"Remove": 0, "Modify": 2, "Add": 3}
    ranked = sorted(rows, key=lambda row: (1 if row[1] else order.get(row[0], 2), row[2]))
    widths = [max((len(row[column]) for row in ranked), default=0) for column in range(3)]
    return [
        "  ".join((*(row[i].ljust(widths[i]) for i in range(3)), row[3])).rstrip() for row in ranked
    ]
