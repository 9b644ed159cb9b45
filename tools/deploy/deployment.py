"""One deployment from the settings to the outputs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.session import Session

from local.document import read
from tools.build import BUILT, ROOT, TEMPLATE, build
from tools.deploy import alarms, changes, package, parameters, region, settings
from tools.deploy.bootstrap import Bootstrap, bootstrap
from tools.deploy.errors import Refused
from tools.deploy.progress import Progress
from tools.deploy.stack import described, kind, outputs

# CloudFormation allows few calls a second in one account: wait rather than fail.
_PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 12})
# A creation that fails takes back what it made, and what is protected can't be: the stack would be
# left as a ruin. So the database is protected right after it is there.
_PROTECTION = "DatabaseDeletionProtection"


@dataclass(frozen=True)
class Options:
    """What the command line asked for; `watch` in minutes."""

    stage: str
    values: settings.Values = field(default_factory=dict)
    bootstrap: str = "fragua-bootstrap"
    watch: int = 10
    built: bool = False
    yes: bool = False
    dry_run: bool = False
    outputs: Path | None = None


@dataclass(frozen=True)
class Terminal:
    """What a deployment has of its person: somewhere to write, and an answer to one question."""

    show: Callable[[str], None] = print
    ask: Callable[[str], str] = input
    pause: Callable[[float], None] = time.sleep


class Deployment:
    """A stage and the AWS account that it is deployed to; `run` is all there is to it."""

    def __init__(
        self,
        options: Options,
        session: Session,
        terminal: Terminal | None = None,
        root: Path = ROOT,
        publish: Callable[..., str] | None = None,
    ) -> None:
        self.options, self.session, self.root = options, session, root
        self.terminal = terminal or Terminal()
        self.publish = publish or _published
        self.stage = settings.stage(options.stage, root / "samconfig.toml")
        self.cloudformation = self._client("cloudformation")

    def run(self) -> None:
        """Deploy. Raises Refused where nothing was begun, Failed where it was."""
        found = described(self.cloudformation, self.stage.stack)
        what = kind(found)
        made = bootstrap(self.cloudformation, self.options.bootstrap, self.options.stage)
        values = self._values(made)
        watched = alarms.watch(self._client("cloudwatch"), outputs(found))
        url = self.publish(self.options, values, made.bucket, self.session)
        protects_later = what == "CREATE" and values.get(_PROTECTION) == "true"
        order = changes.Order(
            stack=self.stage.stack,
            kind=what,
            template_url=url,
            parameters=values | ({_PROTECTION: "false"} if protects_later else {}),
            role=made.role,
            rollback=watched.configuration(self.options.watch),
            # Of what never changes from one deployment to the next: a tag is part of a resource.
            tags={"application": "fragua", "stage": self.options.stage},
        )
        change_set = changes.create(self.cloudformation, order, self.terminal.pause)
        if change_set and not self._carry_out(change_set, watched):
            return
        if not change_set:
            self.terminal.show("Nothing to change")
        elif protects_later:
            self._protect(replace(order, kind="UPDATE", parameters=values))
        self._finish()

    def _values(self, made: Bootstrap) -> settings.Values:
        """The value of each parameter, judged; the region, too. Raises Refused."""
        said = self._parameters()
        stored = settings.stored(self._client("ssm"), self.options.stage)
        given = settings.merged(
            self.stage.values,
            {"PermissionsBoundary": made.boundary},
            self.stage.values,
            stored,
            self.options.values,
        )
        parameters.judge(given, said)
        here = str(self.session.get_config_variable("region"))
        if remark := region.check(self._client("ssm", region.ASKED), here, given):
            self.terminal.show(remark)
        return parameters.complete(given, said)

    def _parameters(self) -> dict[str, Any]:
        # What was built for one architecture can be deployed for no other, and says so.
        template = package.built() if self.options.built else self.root / TEMPLATE.name
        found: dict[str, Any] = read(template)["Parameters"]
        return found

    def _carry_out(self, change_set: changes.ChangeSet, watched: alarms.Watch) -> bool:
        """Show the changes, and make them if that is wanted; whether they were made."""
        show = self.terminal.show
        show(f"{len(change_set.rows)} changes of {self.stage.stack}:")
        for line in (*changes.table(change_set.rows), *watched.remarks):
            show(line)
        if not self._wanted(change_set):
            return False
        if watched.triggers:
            show(f"{len(watched.triggers)} alarms are watched, for {self.options.watch} min after")
        self._execute(change_set)
        return True

    def _execute(self, change_set: changes.ChangeSet) -> None:
        progress = Progress(
            self.cloudformation, change_set.stack_id, self.terminal.pause, self.terminal.show
        )
        progress.mark()
        self.cloudformation.execute_change_set(ChangeSetName=change_set.id)
        progress.follow()

    def _protect(self, order: changes.Order) -> None:
        """Give the new stack the protection that it was made without."""
        if change_set := changes.create(self.cloudformation, order, self.terminal.pause):
            self.terminal.show("It is there; now its database is protected from deletion")
            self._execute(change_set)

    def _wanted(self, change_set: changes.ChangeSet) -> bool:
        """Whether it shall be executed; else it is deleted."""
        try:
            if not self.options.dry_run and (self.options.yes or self._confirmed()):
                return True
        except BaseException:
            changes.delete(self.cloudformation, change_set.id)
            raise
        changes.delete(self.cloudformation, change_set.id)
        self.terminal.show("Nothing was changed")
        return False

    def _confirmed(self) -> bool:
        try:
            return self.terminal.ask(f"Deploy to {self.stage.stack}? [y/N] ").lower() == "y"
        except EOFError:
            raise Refused("Nobody is there to confirm: --yes deploys without asking") from None

    def _finish(self) -> None:
        """Show the outputs, and keep them where the pipeline's next step finds them."""
        said = outputs(described(self.cloudformation, self.stage.stack))
        for name, value in sorted(said.items()):
            self.terminal.show(f"{name} = {value}")
        if path := self.options.outputs:
            with path.open("a") as file:
                file.writelines(f"{name}={value}\n" for name, value in sorted(said.items()))

    def _client(self, service: str, region_name: str | None = None) -> Any:
        return self.session.create_client(service, region_name=region_name, config=_PATIENT)


def _published(options: Options, values: settings.Values, bucket: str, session: Session) -> str:
    """Build unless that is done, and put it into `bucket`; the template's URL there."""
    if not options.built:
        build(values["Architecture"], BUILT, [])
    prefix = f"fragua-{options.stage}"
    packaged = package.package(package.built(), bucket, prefix, session)
    return package.publish(packaged, bucket, prefix, session)
