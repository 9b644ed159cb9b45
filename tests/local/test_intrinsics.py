"""Intrinsic functions resolve as CloudFormation's documentation says."""

from typing import Any

import pytest

from local.errors import TemplateError
from local.intrinsics import Resolver


class Directory:
    """One queue that exists."""

    def ref(self, logical_id: str) -> str:
        return {"Queue": "http://queue"}[logical_id]

    def attribute(self, logical_id: str, name: str) -> str:
        return {("Queue", "Arn"): "arn:queue", ("Queue", "Deep.Name"): "deep"}[logical_id, name]


RESOLVER = Resolver(
    parameters={"Stage": "prod", "Origins": ["a", "b"], "Empty": "", "AWS::Region": "eu"},
    mappings={"Sizes": {"prod": {"Memory": 1024}}},
    conditions={
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsOther": {"Fn::Equals": [{"Ref": "Stage"}, "other"]},
        "IsTest": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsTest"}]},
        "Either": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsTest"}]},
    },
    directory=Directory(),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Stage"}, "prod"),
        ({"Ref": "Origins"}, ["a", "b"]),
        ({"Ref": "Queue"}, "http://queue"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::GetAtt": "Queue.Deep.Name"}, "deep"),
        (
            {"Fn::Sub": "${Stage}-${AWS::Region}-${Queue.Arn}-${!Literal}"},
            "prod-eu-arn:queue-${Literal}",
        ),
        ({"Fn::Sub": ["${x}/${Stage}", {"x": {"Ref": "Queue"}}]}, "http://queue/prod"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-prod"),
        ({"Fn::Join": [",", {"Ref": "Origins"}]}, "a,b"),
        ({"Fn::Select": ["1", {"Fn::Split": [",", "x,y"]}]}, "y"),
        ({"Fn::If": ["IsTest", 1, 2]}, 2),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::If": ["IsOther", 1, 2]}, 2),
        ({"Fn::If": ["Either", {"Ref": "Stage"}, 2]}, "prod"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}, 1024),
        ({"Fn::Base64": {"Ref": "Stage"}}, "cHJvZA=="),
        (
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ),
        ({"a": [{"b": {"Ref": "Stage"}}, 3, None]}, {"a": [{"b": "prod"}, 3, None]}),
    ],
    ids=str,
)
def test_a_value_resolves(value: Any, expected: Any) -> None:
    assert RESOLVER.resolve(value) == expected


def test_no_value_removes_its_property_and_its_item() -> None:
    nothing = {"Ref": "AWS::NoValue"}
    absent = {"Fn::If": ["IsTest", "x", nothing]}
    assert RESOLVER.resolve({"a": nothing, "b": [nothing, 1], "c": absent}) == {"b": [1]}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Ref": "Nobody"}, "Nobody"),
        ({"Fn::GetAtt": ["Nobody", "Arn"]}, "Nobody.Arn"),
        ({"Fn::Sub": "${Nobody}"}, "Nobody"),
        ({"Fn::If": ["Unknown", 1, 2]}, "Unknown"),
        ({"Fn::FindInMap": ["Sizes", "test", "Memory"]}, "test"),
        ({"Fn::Select": [2, ["a"]]}, "item 2"),
        ({"Fn::ImportValue": "other"}, "other"),
    ],
    ids=str,
)
def test_what_does_not_exist_is_named(value: Any, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        RESOLVER.resolve(value)
