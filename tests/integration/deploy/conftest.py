"""An account of the emulator, with what pipeline/bootstrap.yaml leaves there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.session import Session

from local.account import ACCESS_KEY, SECRET_KEY
from local.emulator import emulator
from tools.deploy import package
from tools.deploy.deployment import Deployment, Options, Terminal

REGION = "eu-west-1"
BOUNDARY = "arn:aws:iam::123456789012:policy/fragua-pipeline-boundary"
ROLE = "arn:aws:iam::123456789012:role/fragua-pipeline-testing-execution"


def template(**resources: Any) -> dict[str, Any]:
    """A template with some of the parameters of the real one."""
    queue = {"Type": "AWS::SQS::Queue"}
    return {
        "Parameters": {
            "Stage": {"Type": "String"},
            "Architecture": {"Type": "String", "Default": "arm64"},
            "PermissionsBoundary": {"Type": "String", "Default": ""},
            "LogLevel": {"Type": "String", "Default": "INFO", "AllowedValues": ["INFO", "DEBUG"]},
            "MailSender": {"Type": "String", "Default": ""},
        },
        "Resources": {"Queue": queue, **resources},
        "Outputs": {
            "LogLevel": {"Value": {"Ref": "LogLevel"}},
            "Boundary": {"Value": {"Ref": "PermissionsBoundary"}},
        },
    }


@dataclass
class Account:
    """A stage of its own in the emulator, and what the deployment tool said."""

    session: Session
    root: Path
    stage: str
    lines: list[str] = field(default_factory=list)
    template: dict[str, Any] = field(default_factory=template)

    def client(self, service: str) -> Any:
        """A client of the emulated account."""
        return self.session.create_client(service)

    def store(self, **settings: str) -> None:
        """Write plain settings into the Parameter Store."""
        for name, value in settings.items():
            self.client("ssm").put_parameter(
                Name=f"/fragua/{self.stage}/{name}", Value=value, Type="String", Overwrite=True
            )

    def deploy(self, ask: Callable[[str], str] = lambda _: "y", **options: Any) -> None:
        """Deploy the template as it is now."""
        (self.root / "template.yaml").write_text(json.dumps(self.template))
        terminal = Terminal(self.lines.append, ask, lambda _: None)
        chosen = replace(Options(self.stage, bootstrap=f"bootstrap-{self.stage}"), **options)
        Deployment(chosen, self.session, terminal, self.root, self._publish).run()

    def _publish(self, _: Options, __: Any, bucket: str, session: Session) -> str:
        return package.publish(self.root / "template.yaml", bucket, self.stage, session)

    def stack(self) -> dict[str, Any]:
        """What CloudFormation says of the stage's stack."""
        found: dict[str, Any] = self.client("cloudformation").describe_stacks(
            StackName=f"fragua-{self.stage}"
        )["Stacks"][0]
        return found

    def settings(self) -> dict[str, str]:
        """The values of the parameters that the stage's stack was made with."""
        return {one["ParameterKey"]: one["ParameterValue"] for one in self.stack()["Parameters"]}

    def made_by_administrator(self) -> None:
        """Make the bucket, and a stack with the outputs of pipeline/bootstrap.yaml."""
        region = self.session.get_config_variable("region")
        bucket = f"artifacts-{self.stage}-{region}"
        self.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region}
        )
        values = {
            "ArtifactBucket": bucket,
            "PermissionsBoundary": BOUNDARY,
            f"{self.stage.title()}ExecutionRole": ROLE,
        }
        made = {
            "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
            "Outputs": {name: {"Value": value} for name, value in values.items()},
        }
        self.client("cloudformation").create_stack(
            StackName=f"bootstrap-{self.stage}", TemplateBody=json.dumps(made)
        )

    @property
    def bucket(self) -> str:
        """The artifact bucket of the first region."""
        return f"artifacts-{self.stage}-{REGION}"

    def made_by_hand(self) -> None:
        """Make the stack without a change set: the emulator forgets the outputs of those."""
        self.client("cloudformation").create_stack(
            StackName=f"fragua-{self.stage}",
            TemplateBody=json.dumps(self.template),
            Parameters=[{"ParameterKey": "Stage", "ParameterValue": self.stage}],
        )

    def change_sets(self) -> list[dict[str, Any]]:
        """The change sets of the stage's stack that are still there."""
        everyone = self.client("cloudformation").list_change_sets(StackName=f"fragua-{self.stage}")
        return [one for one in everyone["Summaries"] if one["StackName"] == f"fragua-{self.stage}"]


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """An emulator with nothing in it."""
    with emulator() as address:
        yield address


@pytest.fixture
def session(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Credentials and a region of the emulator."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    made = Session()
    made.set_credentials(ACCESS_KEY, SECRET_KEY)
    made.set_config_variable("region", REGION)
    return made


@pytest.fixture
def bare(session: Session, tmp_path: Path) -> Account:
    """An account that has no pipeline yet."""
    stage = f"t{uuid4().hex[:8]}"
    (tmp_path / "samconfig.toml").write_text(
        f'[{stage}.deploy.parameters]\nstack_name = "fragua-{stage}"\n'
        f'parameter_overrides = ["Stage={stage}"]\n'
    )
    return Account(session, tmp_path, stage)


@pytest.fixture
def account(bare: Account) -> Account:
    """An account whose administrator has made the pipeline."""
    bare.made_by_administrator()
    return bare
