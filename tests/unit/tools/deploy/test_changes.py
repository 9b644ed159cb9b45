"""A change set is shown, or deleted, and never left behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cloudformation import STACK, FakeCloudFormation
from tools.deploy.changes import ChangeSet, Order, create, table
from tools.deploy.errors import Refused

ORDER = Order(
    stack="fragua-testing",
    kind="UPDATE",
    template_url="https://bucket.s3.eu-west-1.amazonaws.com/t",
    parameters={"Stage": "testing", "LogLevel": "INFO"},
    role="arn:aws:iam::123456789012:role/fragua-pipeline-testing-execution",
    rollback={"RollbackTriggers": [], "MonitoringTimeInMinutes": 0},
    tags={"application": "fragua"},
)
DONE = {"Status": "CREATE_COMPLETE"}


def change(name: str, action: str = "Modify", kind: str = "AWS::SQS::Queue", **more: Any) -> Any:
    said = {"Action": action, "LogicalResourceId": name, "ResourceType": kind} | more
    return {"ResourceChange": said}


def made(*answers: dict[str, Any], **others: Any) -> tuple[ChangeSet | None, FakeCloudFormation]:
    fake = FakeCloudFormation({"change-set": list(answers), **others})
    return create(fake, ORDER, lambda _: None), fake


def test_it_is_ordered_with_the_role_and_all_that_the_template_needs() -> None:
    _, fake = made(DONE)
    (request,) = fake.requests
    assert request["RoleARN"] == ORDER.role
    assert request["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    assert request["RollbackConfiguration"] == ORDER.rollback
    assert request["IncludeNestedStacks"] is True
    assert {"ParameterKey": "LogLevel", "ParameterValue": "INFO"} in request["Parameters"]


def test_it_is_waited_for() -> None:
    found, fake = made({"Status": "CREATE_PENDING"}, {"Status": "CREATE_IN_PROGRESS"}, DONE)
    assert found == ChangeSet("change-set", STACK, [])
    assert not fake.deleted


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to ...",
        "No updates are to be performed.",
    ],
)
def test_one_without_changes_is_nothing_and_deleted(reason: str) -> None:
    found, fake = made({"Status": "FAILED", "StatusReason": reason})
    assert found is None
    assert fake.deleted == ["change-set"]


def test_one_that_fails_is_refused_with_the_reason_and_deleted() -> None:
    fake = FakeCloudFormation({"change-set": [{"Status": "FAILED", "StatusReason": "No bucket"}]})
    with pytest.raises(Refused, match="No bucket"):
        create(fake, ORDER, lambda _: None)
    assert fake.deleted == ["change-set"]


def test_one_that_never_comes_is_given_up_and_deleted() -> None:
    fake = FakeCloudFormation({"change-set": [{"Status": "CREATE_PENDING"}]})
    with pytest.raises(Refused, match="15 minutes"):
        create(fake, ORDER, lambda _: None)
    assert fake.deleted == ["change-set"]


def test_one_whose_person_interrupts_is_deleted() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    fake = FakeCloudFormation({"change-set": [DONE]}, trouble=interrupt)
    with pytest.raises(KeyboardInterrupt):
        create(fake, ORDER, lambda _: None)
    assert fake.deleted == ["change-set"]


def test_changes_of_all_pages_and_of_nested_stacks_are_shown() -> None:
    nested = change("Network", kind="AWS::CloudFormation::Stack", ChangeSetId="inner")
    first = DONE | {"Changes": [change("A")], "NextToken": "1"}
    second = DONE | {"Changes": [nested]}
    found, _ = made(first, second, inner=[DONE | {"Changes": [change("B", "Add")]}])
    assert found
    assert [row[2] for row in found.rows] == ["A", "Network", "Network/B"]


def test_the_table_begins_with_what_is_lost() -> None:
    found, _ = made(
        DONE
        | {
            "Changes": [
                change("New", "Add"),
                change("Same"),
                change("Table", Replacement="True"),
                change("Gone", "Remove"),
            ]
        }
    )
    assert found
    assert table(found.rows) == [
        "Remove            Gone   AWS::SQS::Queue",
        "Modify  replaces  Table  AWS::SQS::Queue",
        "Modify            Same   AWS::SQS::Queue",
        "Add               New    AWS::SQS::Queue",
    ]


def test_no_changes_are_an_empty_table() -> None:
    assert table([]) == []
