"""What an administrator made once by pipeline/bootstrap.yaml: bucket, roles and boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.deploy.errors import Refused
from tools.deploy.stack import described, outputs


@dataclass(frozen=True)
class Bootstrap:
    """The outputs of that stack which concern one stage: a name, and two ARNs."""

    bucket: str
    role: str
    boundary: str


def bootstrap(cloudformation: Any, name: str, stage: str) -> Bootstrap:
    """Read the stack called `name`. Raises Refused where it is missing or knows no such stage."""
    found = described(cloudformation, name)
    region = cloudformation.meta.region_name
    if found is None:
        raise Refused(
            f"There is no stack {name} in {region}: deploy pipeline/bootstrap.yaml first "
            "(docs/deploy.md)"
        )
    said = outputs(found)
    role = f"{stage.title()}ExecutionRole"
    missing = [key for key in ("ArtifactBucket", "PermissionsBoundary", role) if key not in said]
    if missing:
        raise Refused(f"The stack {name} has no output {', '.join(missing)}")
    return Bootstrap(said["ArtifactBucket"], said[role], said["PermissionsBoundary"])
