"""Judges values by the template's parameters, as CloudFormation would, but before it is asked.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tools.deploy.errors import Refused

_LISTS = ("CommaDelimitedList", "List<")


def judge(values: Mapping[str, str], parameters: Mapping[str, Any]) -> None:
    """Raise Refused with a line for each name or value that the template would not take."""
    wrong = [line for name, value in values.items() for line in _wrong(name, value, parameters)]
    wrong += [
        f"{name} has no value and the template no default for it"
        for name, said in parameters.items()
        if "Default" not in said and name not in values
    ]
    if wrong:
        raise Refused("\n".join(wrong))


def complete(values: Mapping[str, str], parameters: Mapping[str, Any]) -> dict[str, str]:
    """Each parameter's value: what isn't given is the default of this template, not an older value.

    CloudFormation is told all of them, so that a setting which was removed is gone.
    """
    return {
        name: values.get(name, _text(said.get("Default", ""))) for name, said in parameters.items()
    }


def _text(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


def _wrong(name: str, value: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    if name not in parameters:
        near = difflib.get_close_matches(name, parameters, cutoff=0.5)
        yield f"The template has no parameter {name}; near: {', '.join(near) or 'none'}"
        return
    said = parameters[name]
    for one in _elements(value, said["Type"]):
        if complaint := _complaint(one, said):
            yield f"{name} can't be {one!r}: {complaint}"


def _elements(value: str, kind: str) -> list[str]:
    """What the rules hold for: each element of a list, or the value itself."""
    return [one.strip() for one in value.split(",")] if kind.startswith(_LISTS) else [value]


def _complaint(value: str, said: Mapping[str, Any]) -> str:
    if "AllowedValues" in said:
        allowed = [str(one) for one in said["AllowedValues"]]
        if value not in allowed:
            return f"it is one of {', '.join(allowed)}"
    if "AllowedPattern" in said and not re.fullmatch(said["AllowedPattern"], value):
        return str(said.get("ConstraintDescription") or f"it matches {said['AllowedPattern']}")
    return (
        _number(value, said) if said["Type"] in ("Number", "List<Number>") else _size(value, said)
    )


def _number(value: str, said: Mapping[str, Any]) -> str:
    try:
        number = float(value)
    except ValueError:
        return "it is a number"
    return _within(number, said, "MinValue", "MaxValue", "it is")


def _size(value: str, said: Mapping[str, Any]) -> str:
    return _within(len(value), said, "MinLength", "MaxLength", "it has, in characters,")


def _within(number: float, said: Mapping[str, Any], least: str, most: str, what: str) -> str:
    if least in said and not number >= float(said[least]):
        return f"{what} at least {said[least]}"
    if most in said and not number <= float(said[most]):
        return f"{what} at most {said[most]}"
    return ""
