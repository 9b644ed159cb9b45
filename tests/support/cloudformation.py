"""CloudFormation as the deployment sees it, where the emulator has nothing to show: failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/fragua-testing/1"
BEGAN = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
Answer = dict[str, Any]


def event(
    number: int, status: str, name: str, reason: str = "", kind: str = "AWS::Lambda::Function"
) -> Answer:
    """An event of the resource `name`, or of the stack itself for `stack`."""
    mine = name == "stack"
    return {
        "EventId": f"{name}-{number}",
        "Timestamp": BEGAN + timedelta(seconds=number),
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "LogicalResourceId": "fragua-testing" if mine else name,
        "PhysicalResourceId": STACK if mine else f"{name}-id",
        "ResourceType": "AWS::CloudFormation::Stack" if mine else kind,
    }


@dataclass
class FakeCloudFormation:
    """Answers as announced, and notes what it is asked to do."""

    change_sets: dict[str, list[Answer]] = field(default_factory=dict)
    # Of each stack, by its id: what has happened at each look, oldest first.
    looks: dict[str, list[list[Answer]]] = field(default_factory=dict)
    requests: list[Answer] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    trouble: Callable[[], None] = lambda: None

    def create_change_set(self, **request: Any) -> Answer:
        """Note the request."""
        self.requests.append(request)
        return {"Id": "change-set", "StackId": STACK}

    def describe_change_set(self, *, ChangeSetName: str, NextToken: str = "0") -> Answer:  # noqa: N803 - AWS' names
        """The answer announced for this change set and page; earlier ones are used up."""
        self.trouble()
        answers = self.change_sets[ChangeSetName]
        if answers[0].get("NextToken") and NextToken == "0":
            return answers[0]
        if NextToken != "0":
            return answers[int(NextToken)]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def delete_change_set(self, *, ChangeSetName: str) -> None:  # noqa: N803 - AWS' names
        """Note it."""
        self.deleted.append(ChangeSetName)

    def get_paginator(self, operation: str) -> FakeCloudFormation:
        """Events are all that is asked for by pages."""
        assert operation == "describe_stack_events"
        return self

    def paginate(self, *, StackName: str) -> Iterator[Answer]:  # noqa: N803 - AWS' names
        """The next look at a stack's events: newest first, a few a page."""
        looks = self.looks[StackName]
        newest_first = (looks.pop(0) if len(looks) > 1 else looks[0])[::-1]
        for start in range(0, len(newest_first) or 1, 2):
            yield {"StackEvents": newest_first[start : start + 2]}
