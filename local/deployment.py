"""Deploys a template into the emulator: resources exist, and the plan knows their names.

For tests: `deploy(load(path), endpoint)` answers a Deployment whose `environment` is what the
handlers need.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.account import ACCOUNT_ID, REGION, STACK_NAME, clean_environment, credentials
from local.errors import TemplateError, one_line
from local.intrinsics import Resolver
from local.names import Names
from local.plan import Plan
from local.planning import plan
from local.resources import Creator
from local.template import Template
from local.timescale import VARIABLE as TIME_SCALE

MAIL_SENDER = "MAIL_SENDER"
# Everybody who is tried out here comes from one address.
_UNCOUNTED = {"REGISTRATIONS_PER_ACCOUNT": "1000000", "REGISTRATIONS_PER_ADDRESS": "1000000"}
SENDER = "fragua@example.com"

_PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/{STACK_NAME}/local",
    "AWS::StackName": STACK_NAME,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NotificationARNs": [],
}


@dataclass(frozen=True)
class Deployment:
    """A template that is in place: `plan` is what to run, `environment` what the code may read."""

    plan: Plan
    environment: dict[str, str]


class Deployer:
    """Deploys into one emulator, again and again: known resources keep name and data."""

    def __init__(
        self, endpoint: str, database_url: str | None = None, reader_url: str = ""
    ) -> None:
        self._endpoint = endpoint
        # All three, so that none of this machine's own environment shows through.
        self._database = {
            "DATABASE_URL": database_url or "",
            "DATABASE_WRITER_URL": "",
            "DATABASE_READER_URL": reader_url,
        }
        self._names = Names(endpoint)
        self._creator = Creator(endpoint)

    def deploy(self, template: Template) -> Deployment:
        """Creates what is new in `template`. Raises TemplateError where it doesn't add up."""
        resolver = Resolver(
            parameters={**_PSEUDO_PARAMETERS, **template.parameters},
            mappings=template.mappings,
            conditions=template.conditions,
            directory=self._names,
        )
        wanted = {
            logical_id: resource
            for logical_id, resource in template.resources.items()
            if "Condition" not in resource or resolver.holds(resource["Condition"])
        }
        self._names.register(wanted)
        # Secrets come first: only the service knows their ARN, and others mention it.
        is_secret = [key for key in wanted if wanted[key]["Type"] == "AWS::SecretsManager::Secret"]
        self._create(self._resolve({key: wanted[key] for key in is_secret}, resolver))
        # From here on every name and ARN is known, so nothing depends on an order any more.
        resolved = self._resolve(wanted, resolver)
        self._create(resolved)
        for resource in resolved.values():
            self._creator.connect(resource["Type"], resource["Name"], resource["Properties"])
        made = plan(resolved, self._queue_urls(resolved))
        return Deployment(made, {**self._environment(made.environment), **self._sender(made)})

    def _create(self, resolved: Mapping[str, Any]) -> None:
        for logical_id, resource in resolved.items():
            try:
                arn = self._creator.create(
                    resource["Type"], resource["Name"], resource["Properties"]
                )
            except (BotoCoreError, ClientError, KeyError) as error:
                raise TemplateError(f"{logical_id} can't be created: {one_line(error)}") from None
            if arn:
                self._names.arns[logical_id] = arn

    def _resolve(self, resources: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
        return {
            logical_id: {
                "Type": resource["Type"],
                "Properties": resolver.resolve(resource.get("Properties") or {}),
                "Name": self._names.resources[logical_id].name,
                "Arn": self._names.arn(self._names.resources[logical_id]),
            }
            for logical_id, resource in resources.items()
        }

    def _queue_urls(self, resolved: Mapping[str, Any]) -> dict[str, str]:
        return {
            resource["Arn"]: self._names.ref(logical_id)
            for logical_id, resource in resolved.items()
            if resource["Type"] == "AWS::SQS::Queue"
        }

    def _sender(self, made: Plan) -> dict[str, str]:
        """Where the template's code sends e-mails, it may: from its own address, or from ours."""
        if MAIL_SENDER not in made.environment:
            return {}
        sender = made.environment[MAIL_SENDER] or SENDER
        self._creator.verify(sender)
        return {MAIL_SENDER: sender}

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        scale = {name: os.environ[name] for name in (TIME_SCALE,) if name in os.environ}
        raised = {name: many for name, many in _UNCOUNTED.items() if name in variables}
        return {**variables, **raised, **credentials(self._endpoint), **self._database, **scale}


def deploy(template: Template, endpoint: str, database_url: str | None = None) -> Deployment:
    """Creates the resources of `template` in the emulator at `endpoint`, once."""
    return Deployer(endpoint, database_url).deploy(template)


def process_environment(deployment: Deployment) -> dict[str, str]:
    """The whole environment of a process that runs handlers of `deployment`."""
    return {**clean_environment(), **deployment.environment}
