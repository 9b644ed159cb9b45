"""Values are judged as CloudFormation judges them, before it is asked."""

from __future__ import annotations

import pytest

from local.document import read
from tests.support.paths import ROOT
from tools.deploy.errors import Refused
from tools.deploy.parameters import complete, judge

TEMPLATE = read(ROOT / "template.yaml")["Parameters"]
RULES = {
    "Level": {"Type": "String", "AllowedValues": ["INFO", "DEBUG"], "Default": "INFO"},
    "Seconds": {"Type": "Number", "MinValue": 1, "MaxValue": 120, "Default": 30},
    "Key": {"Type": "String", "AllowedPattern": "^$|^assets/.+$", "Default": ""},
    "Sizes": {"Type": "CommaDelimitedList", "AllowedValues": ["1", "2"], "Default": "1"},
    "Name": {"Type": "String", "MinLength": 2, "MaxLength": 3, "Default": "ab"},
    "Word": {"Type": "String", "AllowedPattern": "[a-z]+", "Default": "a"},
    "Flag": {"Type": "String", "AllowedValues": ["true", "false"], "Default": False},
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("Level", "DEBUG"), ("Seconds", "1"), ("Seconds", "119.5"), ("Key", "")),
        *(("Key", "assets/a.png"), ("Sizes", "1, 2"), ("Name", "abc"), ("Flag", "true")),
    ],
)
def test_a_good_value_is_taken(name: str, value: str) -> None:
    judge({name: value}, RULES)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("Level", "TRACE", "Level can't be 'TRACE': it is one of INFO, DEBUG"),
        ("Level", "", "Level can't be '': it is one of INFO, DEBUG"),
        ("Seconds", "0", "at least 1"),
        ("Seconds", "121", "at most 120"),
        ("Seconds", "nan", "at least 1"),
        ("Seconds", "soon", "it is a number"),
        ("Key", "a.png", "it matches "),
        ("Key", "x assets/a.png", "it matches "),
        ("Word", "a word", "it matches "),
        ("Sizes", "1,3", "Sizes can't be '3'"),
        ("Name", "a", "at least 2"),
        ("Name", "abcd", "at most 3"),
    ],
)
def test_a_bad_value_is_refused_with_the_reason(name: str, value: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        judge({name: value}, RULES)


def test_a_misspelt_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(Refused, match="no parameter MailSendr; near: MailSender"):
        judge({"MailSendr": "a@example.com"}, TEMPLATE)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        judge({"Level": "TRACE", "Seconds": "0", "Other/Name": ""}, RULES)
    assert len(str(refused.value).splitlines()) == 3


def test_a_parameter_without_a_default_needs_a_value() -> None:
    with pytest.raises(Refused, match="Needed has no value and the template no default"):
        judge({}, {"Needed": {"Type": "String"}})


def test_what_is_not_given_is_the_templates_default() -> None:
    values = complete({"Level": "DEBUG"}, RULES)
    assert values["Level"] == "DEBUG"
    assert values["Seconds"] == "30"
    assert values["Flag"] == "false"


def test_the_templates_own_defaults_are_good() -> None:
    judge(complete({}, TEMPLATE), TEMPLATE)
