"""Follows a stack while CloudFormation works on it, and tells what failed first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tools.deploy.errors import Failed

Event = dict[str, Any]
_PAUSE = 5
_NESTED = "AWS::CloudFormation::Stack"
_GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
# A resource that fails because another one did is not told.
_CONSEQUENCE = ("creation cancelled", "update cancelled")
_SHOWN = 5


@dataclass
class Progress:
    """The events of one stack from now on: `mark` before the work begins, then `follow`."""

    cloudformation: Any
    stack_id: str
    pause: Callable[[float], None] = time.sleep
    show: Callable[[str], None] = print
    _last: str = ""
    _told: list[Event] = field(default_factory=list)

    def mark(self) -> None:
        """Take for known whatever has happened so far."""
        for event in _events(self.cloudformation, self.stack_id):
            self._last = event["EventId"]
            return

    def follow(self) -> None:
        """Show each event until the stack's operation has ended. Raises Failed."""
        while True:
            for event in self._new():
                self._told.append(event)
                self.show(_line(event))
                if self._ends(event):
                    self._judge(event)
                    return
            self.pause(_PAUSE)

    def _new(self) -> list[Event]:
        """What has happened since the last look, oldest first."""
        fresh: list[Event] = []
        # The newest come first, so all behind one that is known are known.
        for event in _events(self.cloudformation, self.stack_id):
            if event["EventId"] == self._last:
                break
            fresh.append(event)
        if fresh:
            self._last = fresh[0]["EventId"]
        return fresh[::-1]

    def _ends(self, event: Event) -> bool:
        mine = event.get("PhysicalResourceId") == self.stack_id
        return mine and not event["ResourceStatus"].endswith("_IN_PROGRESS")

    def _judge(self, event: Event) -> None:
        if event["ResourceStatus"] in _GOOD:
            return
        failures = list(self._failures(self._told, {self.stack_id}))
        lines = [_line(one) for one in failures[:_SHOWN]]
        raise Failed("\n".join([f"It ended in {event['ResourceStatus']}. First failed:", *lines]))

    def _failures(self, events: list[Event], known: set[str]) -> Iterator[Event]:
        """The failures, those in a nested stack before that of the resource which it is."""
        for event in filter(_failed, events):
            nested = event.get("PhysicalResourceId", "")
            if event["ResourceType"] == _NESTED and nested and nested not in known:
                known.add(nested)
                yield from self._failures(self._of_nested(nested), known)
            yield event

    def _of_nested(self, stack_id: str) -> list[Event]:
        """The events of a nested stack since this operation began, oldest first."""
        began = self._told[0]["Timestamp"]
        found = _events(self.cloudformation, stack_id)
        return [event for event in found if event["Timestamp"] >= began][::-1]


def _failed(event: Event) -> bool:
    status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
    # An alarm that goes off fails no resource: the stack itself says why it is rolled back.
    rolled_back = status.endswith("ROLLBACK_IN_PROGRESS") and bool(reason)
    return (status.endswith("_FAILED") or rolled_back) and not any(
        words in reason for words in _CONSEQUENCE
    )


def _events(cloudformation: Any, stack_id: str) -> Iterator[Event]:
    """All events of a stack, the newest first."""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        yield from page["StackEvents"]


def _line(event: Event) -> str:
    reason = event.get("ResourceStatusReason", "")
    return (
        f"{event['Timestamp']:%H:%M:%S}  {event['ResourceStatus']:<36}"
        f"{event.get('LogicalResourceId', '')}{': ' + reason if reason else ''}"
    )
