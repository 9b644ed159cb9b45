"""A deployment is followed to its end, and a failure told by its first cause."""

from __future__ import annotations

import pytest

from tests.support.cloudformation import STACK, Answer, FakeCloudFormation, event
from tools.deploy.errors import Failed
from tools.deploy.progress import Progress

OLD = [event(0, "UPDATE_COMPLETE", "stack")]
BEGUN = event(1, "UPDATE_IN_PROGRESS", "stack", "User Initiated")
ENDED = event(9, "UPDATE_COMPLETE", "stack")
ROLLING = event(5, "UPDATE_ROLLBACK_IN_PROGRESS", "stack", "The following resource(s) failed: [A]")
ROLLED = event(9, "UPDATE_ROLLBACK_COMPLETE", "stack")


def followed(*looks: list[Answer], **nested: list[Answer]) -> list[str]:
    """The lines shown while the stack's events grow from look to look."""
    inner = {name: [events] for name, events in nested.items()}
    fake = FakeCloudFormation(looks={STACK: [OLD, *looks], **inner})
    lines: list[str] = []
    progress = Progress(fake, STACK, lambda _: None, lines.append)
    progress.mark()
    progress.follow()
    return lines


def failure(*events: Answer, **nested: list[Answer]) -> list[str]:
    with pytest.raises(Failed) as failed:
        followed([*OLD, BEGUN, *events, ROLLED], **nested)
    return str(failed.value).splitlines()


def test_each_event_is_shown_once_in_order_and_old_ones_are_not() -> None:
    middle = event(2, "UPDATE_IN_PROGRESS", "A")
    done = event(3, "UPDATE_COMPLETE", "A")
    lines = followed(OLD, [*OLD, BEGUN, middle], [*OLD, BEGUN, middle, done, ENDED])
    assert [line.split()[1:3] for line in lines] == [
        ["UPDATE_IN_PROGRESS", "fragua-testing:"],
        ["UPDATE_IN_PROGRESS", "A"],
        ["UPDATE_COMPLETE", "A"],
        ["UPDATE_COMPLETE", "fragua-testing"],
    ]


def test_cleaning_up_is_not_the_end() -> None:
    cleaning = event(4, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "stack")
    lines = followed([*OLD, BEGUN, cleaning], [*OLD, BEGUN, cleaning, ENDED])
    assert "UPDATE_COMPLETE " in lines[-1]


def test_a_failure_is_told_by_what_failed_first() -> None:
    first = event(2, "UPDATE_FAILED", "A", "Handler is missing")
    told = failure(first, ROLLING)
    assert told[0] == "It ended in UPDATE_ROLLBACK_COMPLETE. First failed:"
    assert told[1].endswith("A: Handler is missing")


def test_what_was_only_cancelled_is_no_cause() -> None:
    cancelled = event(2, "UPDATE_FAILED", "B", "Resource update cancelled")
    told = failure(cancelled, event(3, "UPDATE_FAILED", "A", "Handler is missing"), ROLLING)
    assert not [line for line in told if " B" in line]


def test_the_cause_in_a_nested_stack_is_told_first() -> None:
    outer = event(4, "UPDATE_FAILED", "Network", "Embedded stack", "AWS::CloudFormation::Stack")
    inner = event(3, "CREATE_FAILED", "Subnet", "CIDR conflict")
    own = event(4, "UPDATE_ROLLBACK_IN_PROGRESS", "Network", "x", "AWS::CloudFormation::Stack")
    before = event(-9, "CREATE_FAILED", "Other", "long ago")
    told = failure(outer, ROLLING, **{"Network-id": [before, inner, own]})
    assert told[1].endswith("Subnet: CIDR conflict")
    assert not [line for line in told if "long ago" in line]


def test_an_alarm_is_told_as_the_reason_of_the_rollback() -> None:
    alarm = "Rollback triggered by alarm errors"
    told = failure(event(5, "UPDATE_ROLLBACK_IN_PROGRESS", "stack", alarm))
    assert told[1].endswith(alarm)


@pytest.mark.parametrize(
    "status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "CREATE_FAILED"]
)
def test_every_other_end_is_a_failure(status: str) -> None:
    with pytest.raises(Failed, match=status):
        followed([*OLD, BEGUN, event(9, status, "stack")])
