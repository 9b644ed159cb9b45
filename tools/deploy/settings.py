"""Where the values of the template's parameters come from, and which one wins.

From the strongest: `--set Name=Value`; the Parameter Store below `/fragua/<stage>/`; the stage's
own in samconfig.toml; the default in the template, which is left to CloudFormation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.deploy.errors import Refused

Values = dict[str, str]
# What a person may not set: it says which deployment this is.
_FIXED = "Stage"
# Between these a list's elements stand, in the Parameter Store as in CloudFormation.
_PLAIN = {"String", "StringList"}


@dataclass(frozen=True)
class Stage:
    """A section of samconfig.toml: the stack's name, and the values that hold for it alone."""

    stack: str
    values: Values


def stage(name: str, path: Path) -> Stage:
    """The stage called `name`, of the samconfig.toml at `path`. Raises Refused."""
    known = {one.values.get(_FIXED, ""): one for one in _stages(path)}
    if name not in known:
        raise Refused(f"{path.name} has no stage {name!r}; it has {', '.join(sorted(known))}")
    return known[name]


def _stages(path: Path) -> Iterator[Stage]:
    for section in tomllib.loads(path.read_text()).values():
        if isinstance(section, dict) and "deploy" in section:
            said = section["deploy"]["parameters"]
            yield Stage(said["stack_name"], assigned(said["parameter_overrides"]))


def assigned(words: Sequence[str]) -> Values:
    """Read `Name=Value` words. Raises Refused for one without a name or a sign."""
    values = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not (name and sign):
            raise Refused(f"{word!r} is not Name=Value")
        values[name] = value
    return values


def stored(ssm: Any, stage_name: str) -> Values:
    """All plain settings of a stage in the Parameter Store. Raises Refused for a secret one."""
    path = f"/fragua/{stage_name}/"
    values = {}
    for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True):
        for found in page["Parameters"]:
            if found["Type"] not in _PLAIN:
                raise Refused(
                    f"{found['Name']} is a {found['Type']}: this is the place of plain settings; "
                    "secrets stand in Secrets Manager"
                )
            values[found["Name"].removeprefix(path)] = found["Value"]
    return values


def merged(fixed: Values, *weaker_to_stronger: Mapping[str, str]) -> Values:
    """One value a name, the last one given; `fixed` may not be contradicted. Raises Refused."""
    values: Values = {}
    for layer in weaker_to_stronger:
        if _FIXED in layer and layer[_FIXED] != fixed[_FIXED]:
            raise Refused(f"{_FIXED} is {fixed[_FIXED]} here and can't be set to {layer[_FIXED]}")
        values |= layer
    return values | {_FIXED: fixed[_FIXED]}
