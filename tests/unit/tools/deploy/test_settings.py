"""Which value wins, and what no setting may be."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from local.document import read
from tests.support.paths import ROOT
from tools.deploy.errors import Refused
from tools.deploy.parameters import judge
from tools.deploy.settings import Stage, assigned, merged, stage, stored

PARAMETERS = read(ROOT / "template.yaml")["Parameters"]

PATH = "/fragua/testing/"


def parameter(name: str, value: str, kind: str = "String") -> dict[str, Any]:
    return {"Name": PATH + name, "Value": value, "Type": kind}


def answered(*pages: list[dict[str, Any]]) -> dict[str, str]:
    """What is read of a Parameter Store with these pages."""
    ssm = boto3.client("ssm", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(ssm) as stub:
        for number, page in enumerate(pages, 1):
            more = {"NextToken": str(number)} if number < len(pages) else {}
            asked = {"Path": PATH, "Recursive": True}
            asked |= {"NextToken": str(number - 1)} if number > 1 else {}
            stub.add_response("get_parameters_by_path", {"Parameters": page} | more, asked)
        values = stored(ssm, "testing")
        stub.assert_no_pending_responses()
    return values


@pytest.mark.parametrize("name", ["development", "testing", "production"])
def test_a_stages_stack_is_the_one_that_sam_deploys_by_hand(name: str) -> None:
    found = stage(name, ROOT / "samconfig.toml")
    assert (found.stack, found.values["Stage"]) == (f"fragua-{name}", name)
    judge(found.values, PARAMETERS)
    # The teardown and the boundary find what a stage has by its tags.
    section = "default" if name == "development" else name
    by_hand = tomllib.loads((ROOT / "samconfig.toml").read_text())[section]["deploy"]["parameters"]
    assert by_hand["tags"] == f"application=fragua stage={name}"


def test_production_goes_on_without_a_zone_and_keeps_its_rows() -> None:
    values = stage("production", ROOT / "samconfig.toml").values
    assert (values["DatabaseMultiAz"], values["VpcEndpointZones"]) == ("true", "2")
    assert values.get("DatabaseDeletionProtection", "true") == "true"


def test_the_page_about_deploying_says_what_a_stage_has() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| ([^|]+) \| ([^|]+) \|$",
        (ROOT / "docs" / "deploy.md").read_text(),
        re.MULTILINE,
    )
    assert len(rows) > 10
    for name, *cells in rows:
        for own, cell in zip(("testing", "production"), cells, strict=True):
            values = stage(own, ROOT / "samconfig.toml").values
            value = values.get(name, str(PARAMETERS[name]["Default"]))
            assert cell in (f"`{value}`", cell if value in ("", "0") else "")


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused, match="no stage 'prod'; it has development, production, testing"):
        stage("prod", ROOT / "samconfig.toml")


def test_a_stages_own_values_are_read(tmp_path: Path) -> None:
    path = tmp_path / "samconfig.toml"
    path.write_text(
        '[a.deploy.parameters]\nstack_name = "s"\n'
        'parameter_overrides = ["Stage=a", "AllowedOrigins=https://a.example,https://b.example"]\n'
    )
    expected = {"Stage": "a", "AllowedOrigins": "https://a.example,https://b.example"}
    assert stage("a", path) == Stage("s", expected)


def test_a_value_may_hold_the_sign() -> None:
    assert assigned(["PublicUrl=https://a.example/?b=c"]) == {"PublicUrl": "https://a.example/?b=c"}


@pytest.mark.parametrize("word", ["MailSender", "=value", ""])
def test_what_is_no_assignment_is_refused(word: str) -> None:
    with pytest.raises(Refused, match="is not Name=Value"):
        assigned([word])


def test_settings_of_all_pages_are_read() -> None:
    first, second = [parameter("LogLevel", "DEBUG")], [parameter("VideoSeconds", "20")]
    assert answered(first, second) == {"LogLevel": "DEBUG", "VideoSeconds": "20"}


def test_a_page_may_be_empty_though_others_follow() -> None:
    assert answered([], [parameter("LogLevel", "DEBUG")]) == {"LogLevel": "DEBUG"}


def test_a_list_is_a_plain_setting() -> None:
    found = answered([parameter("AllowedOrigins", "https://a.example,*", "StringList")])
    assert found == {"AllowedOrigins": "https://a.example,*"}


def test_a_secret_is_refused_without_its_value() -> None:
    with pytest.raises(Refused, match="/fragua/testing/MailSender is a SecureString") as refused:
        answered([parameter("MailSender", "cipher", "SecureString")])
    assert "cipher" not in str(refused.value)


def test_the_command_line_wins_over_the_store_and_that_over_the_stage() -> None:
    own = {"Stage": "testing", "A": "stage", "B": "stage", "C": "stage"}
    values = merged(own, own, {"B": "store", "C": "store"}, {"C": "line"})
    assert values == {"Stage": "testing", "A": "stage", "B": "store", "C": "line"}


def test_no_setting_says_that_the_stage_is_another_one() -> None:
    own = {"Stage": "testing"}
    with pytest.raises(Refused, match="Stage is testing here and can't be set to production"):
        merged(own, own, {"Stage": "production"})
