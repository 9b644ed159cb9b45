"""pipeline/bootstrap.yaml, as its tests read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from tests.support.paths import ROOT

TEMPLATE = yaml_parse((ROOT / "pipeline" / "bootstrap.yaml").read_text())
RESOURCES = TEMPLATE["Resources"]
ENVIRONMENTS = ("testing", "production")
DOOR = "token.actions.githubusercontent.com"
STAGE = "${aws:PrincipalTag/stage}"
# Longer than any real name of a region, an account's bucket or this one's ARNs.
MEASURE = {
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-2",
    "AWS::AccountId": "9" * 12,
}
Statement = dict[str, Any]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {n: r.get("Properties", {}) for n, r in RESOURCES.items() if r["Type"] == kind}


def policies() -> dict[str, list[Statement]]:
    found = of_type("AWS::IAM::ManagedPolicy")
    return {name: properties["PolicyDocument"]["Statement"] for name, properties in found.items()}


def statements() -> Iterator[tuple[str, Statement]]:
    for statements_ in policies().values():
        for one in statements_:
            yield one["Sid"], one


def statement(sid: str) -> Statement:
    (found,) = [one for name, one in statements() if name == sid]
    return found


def plain(value: Any) -> str:
    """An ARN as IAM will see it, as far as this template says."""
    if isinstance(value, dict):
        text = value.get("Fn::Sub") or f"<{json.dumps(value)}>"
        for name, said in MEASURE.items():
            text = text.replace(f"${{{name}}}", said)
        return str(text).replace("${!", "${")
    return str(value)


def trusts(role: str) -> list[Statement]:
    return list(RESOURCES[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"])
