"""Only a stack that stands still and is whole is deployed to."""

from __future__ import annotations

import pytest

from tools.deploy.errors import Refused
from tools.deploy.stack import kind

NAME = "fragua-testing"


def test_a_stack_that_is_not_there_is_created() -> None:
    assert kind(None) == "CREATE"


def test_one_that_only_had_a_change_set_is_created() -> None:
    assert kind({"StackName": NAME, "StackStatus": "REVIEW_IN_PROGRESS"}) == "CREATE"


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
)
def test_a_whole_stack_is_updated(status: str) -> None:
    assert kind({"StackName": NAME, "StackStatus": status}) == "UPDATE"


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name fragua-testing"),
        ("CREATE_FAILED", "aws cloudformation delete-stack"),
        ("DELETE_FAILED", "aws cloudformation delete-stack"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback"),
        ("UPDATE_IN_PROGRESS", "another operation is under way"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "another operation is under way"),
        ("DELETE_IN_PROGRESS", "another operation is under way"),
    ],
)
def test_any_other_is_refused_with_what_to_do(status: str, advice: str) -> None:
    with pytest.raises(Refused, match=rf"fragua-testing is in {status}: .*{advice}"):
        kind({"StackName": NAME, "StackStatus": status})
