"""An operator finds a page for whatever is told him."""

from __future__ import annotations

import re

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.support.paths import ROOT

RUNBOOK = ROOT / "docs" / "runbook"
INDEX = (RUNBOOK / "README.md").read_text()
ALARMS = [
    name
    for name, resource in yaml_parse((ROOT / "infrastructure" / "monitoring.yaml").read_text())[
        "Resources"
    ].items()
    if resource["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
]


def test_each_page_is_listed() -> None:
    pages = {path.name for path in RUNBOOK.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", INDEX)) == pages


@pytest.mark.parametrize("alarm", ALARMS)
def test_each_alarm_is_explained(alarm: str) -> None:
    kind = re.sub(r"^[A-Z]\w+?(Fail|GivenUp|Waits)$", r"...\1", alarm)
    assert f"`{kind}`" in INDEX


@pytest.mark.parametrize("path", sorted(RUNBOOK.glob("*.md")), ids=lambda path: path.stem)
def test_a_page_names_only_what_there_is(path: object) -> None:
    text = (RUNBOOK / str(path)).read_text()
    for link in re.findall(r"\]\((\.\./[^)]+)\)", text):
        assert (RUNBOOK / link).exists(), link
    for name in re.findall(r"`(tests/[\w/.]+|shared_package/[\w/.]+|infrastructure/[\w.]+)`", text):
        assert (ROOT / name).exists(), name
