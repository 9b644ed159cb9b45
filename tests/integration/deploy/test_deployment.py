"""`make deploy` against an emulated account: from settings to outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tools.deploy.errors import Refused

from .conftest import BOUNDARY, Account, template


def test_a_first_deployment_makes_the_stack_with_every_parameter(account: Account) -> None:
    account.deploy()
    assert account.stack()["StackStatus"] == "CREATE_COMPLETE"
    assert account.settings() == {
        "Stage": account.stage,
        "Architecture": "arm64",
        "LogLevel": "INFO",
        "MailSender": "",
        "PermissionsBoundary": BOUNDARY,
    }


def test_settings_of_the_parameter_store_reach_the_stack(account: Account) -> None:
    account.store(LogLevel="DEBUG")
    account.deploy()
    assert account.settings()["LogLevel"] == "DEBUG"


def test_a_setting_that_was_removed_is_the_default_again(account: Account) -> None:
    account.store(LogLevel="DEBUG")
    account.deploy()
    account.client("ssm").delete_parameter(Name=f"/fragua/{account.stage}/LogLevel")
    account.deploy()
    assert account.settings()["LogLevel"] == "INFO"


def test_the_command_line_wins(account: Account) -> None:
    account.store(LogLevel="INFO")
    account.deploy(values={"LogLevel": "DEBUG"})
    assert account.settings()["LogLevel"] == "DEBUG"


def test_settings_of_another_stage_are_not_read(account: Account) -> None:
    ssm = account.client("ssm")
    ssm.put_parameter(Name=f"/fragua/{account.stage}x/LogLevel", Value="DEBUG", Type="String")
    account.deploy()
    assert account.settings()["LogLevel"] == "INFO"


def test_deploying_the_same_again_changes_nothing_and_is_no_failure(account: Account) -> None:
    account.deploy()
    account.deploy()
    assert "Nothing to change" in account.lines


def test_a_second_deployment_updates(account: Account) -> None:
    account.deploy()
    account.template = template(More={"Type": "AWS::SQS::Queue"})
    account.deploy()
    assert account.stack()["StackStatus"] == "UPDATE_COMPLETE"


def test_the_stack_carries_tags_of_application_and_stage(account: Account) -> None:
    account.deploy()
    tags = {tag["Key"]: tag["Value"] for tag in account.stack()["Tags"]}
    assert tags == {"application": "fragua", "stage": account.stage}


def test_a_dry_run_shows_the_changes_and_makes_none(account: Account) -> None:
    account.deploy(dry_run=True)
    assert account.stack()["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert not account.change_sets()
    assert [line for line in account.lines if "AWS::SQS::Queue" in line]


def test_who_declines_changes_nothing(account: Account) -> None:
    account.deploy(ask=lambda _: "n")
    assert account.stack()["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert not account.change_sets()


def test_without_anybody_to_ask_nothing_is_changed(account: Account) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    with pytest.raises(Refused, match="--yes"):
        account.deploy(ask=nobody)
    assert not account.change_sets()


def test_nobody_is_asked_with_yes(account: Account) -> None:
    def asked(_: str) -> str:
        raise AssertionError("asked")

    account.deploy(ask=asked, yes=True)
    assert account.stack()["StackStatus"] == "CREATE_COMPLETE"


def test_ctrl_c_at_the_question_leaves_no_change_set(account: Account) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        account.deploy(ask=interrupted)
    assert not account.change_sets()


def test_outputs_are_shown_and_kept_for_the_next_step(account: Account, tmp_path: Path) -> None:
    path = tmp_path / "outputs"
    path.write_text("before=1\n")
    account.made_by_hand()
    account.template = template(More={"Type": "AWS::SQS::Queue"})
    account.deploy(outputs=path)
    assert path.read_text() == "before=1\nBoundary=\nLogLevel=INFO\n"
    assert "LogLevel = INFO" in account.lines


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ({"MailSendr": "a@example.com"}, "no parameter MailSendr; near: MailSender"),
        ({"LogLevel": "TRACE"}, "it is one of INFO, DEBUG"),
        ({"Stage": "other"}, "can't be set to other"),
    ],
)
def test_a_bad_setting_is_refused_before_anything_is_touched(
    account: Account, setting: dict[str, str], why: str
) -> None:
    account.store(**setting)
    with pytest.raises(Refused, match=why):
        account.deploy()
    assert not uploaded(account)
    with pytest.raises(ClientError):
        account.stack()


def uploaded(account: Account) -> list[Any]:
    found = account.client("s3").list_objects_v2(Bucket=account.bucket)
    return list(found.get("Contents", []))


def test_an_account_without_pipeline_is_told_what_to_do(bare: Account) -> None:
    with pytest.raises(Refused, match=r"deploy pipeline/bootstrap.yaml first"):
        bare.deploy()


def test_a_pipeline_that_knows_no_such_stage_is_told(account: Account) -> None:
    client = account.client("cloudformation")
    made = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    client.update_stack(StackName=f"bootstrap-{account.stage}", TemplateBody=json.dumps(made))
    with pytest.raises(Refused, match="has no output ArtifactBucket, PermissionsBoundary"):
        account.deploy()


def test_a_bucket_that_is_gone_changes_nothing(account: Account) -> None:
    account.client("s3").delete_bucket(Bucket=account.bucket)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        account.deploy()
    with pytest.raises(ClientError):
        account.stack()


def test_mail_in_a_region_without_ses_is_refused(account: Account) -> None:
    account.session.set_config_variable("region", "ap-southeast-4")
    account.made_by_administrator()
    account.deploy(dry_run=True)
    with pytest.raises(Refused, match="ap-southeast-4 lacks Amazon SES"):
        account.deploy(values={"MailSender": "a@example.com"})


PROTECTION = "DatabaseDeletionProtection"


@pytest.fixture
def ordered(account: Account) -> list[tuple[str, str]]:
    """What kind of change sets are ordered, and whether with a protected database."""
    noted: list[tuple[str, str]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        values = {one["ParameterKey"]: one["ParameterValue"] for one in params["Parameters"]}
        noted.append((params["ChangeSetType"], values[PROTECTION]))

    account.session.register("provide-client-params.cloudformation.CreateChangeSet", note)
    account.template["Parameters"][PROTECTION] = {"Type": "String", "Default": "true"}
    account.template["Outputs"]["Protected"] = {"Value": {"Ref": PROTECTION}}
    return noted


def test_a_database_is_protected_as_soon_as_its_stack_can_no_more_fail_to_be_made(
    account: Account, ordered: list[tuple[str, str]]
) -> None:
    account.deploy()
    assert ordered == [("CREATE", "false"), ("UPDATE", "true")]
    assert account.settings()[PROTECTION] == "true"
    account.template["Resources"]["More"] = {"Type": "AWS::SQS::Queue"}
    account.deploy()
    assert ordered[2:] == [("UPDATE", "true")]


def test_who_wants_no_protection_gets_none(
    account: Account, ordered: list[tuple[str, str]]
) -> None:
    account.deploy(values={PROTECTION: "false"})
    assert ordered == [("CREATE", "false")]


def test_nothing_is_protected_where_nothing_was_made(
    account: Account, ordered: list[tuple[str, str]]
) -> None:
    account.deploy(dry_run=True)
    assert ordered == [("CREATE", "false")]
