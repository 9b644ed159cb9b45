"""Resolves CloudFormation's intrinsic functions with the parameters' values of this run."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.errors import TemplateError

_NO_VALUE = object()
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


class Directory(Protocol):
    """Knows what CloudFormation would know of the resources after creating them."""

    def ref(self, logical_id: str) -> str:
        """What `Ref` answers. Raises KeyError for a resource that the template hasn't."""

    def attribute(self, logical_id: str, name: str) -> str:
        """What `Fn::GetAtt` answers. Raises KeyError likewise."""


@dataclass(frozen=True)
class Resolver:
    """Turns a template's values into plain JSON.

    `parameters` holds pseudo parameters (`AWS::Region`) as well as the template's own.
    """

    parameters: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    directory: Directory

    def resolve(self, value: Any) -> Any:
        """`value` without intrinsics; properties that are `AWS::NoValue` are left out."""
        resolved = self.partly(value)
        return None if resolved is _NO_VALUE else resolved

    def holds(self, condition: str) -> bool:
        """Whether the named condition is true in this run."""
        if condition not in self.conditions:
            raise TemplateError(f"the template has no condition {condition}")
        return bool(self.resolve(self.conditions[condition]))

    def partly(self, value: Any) -> Any:
        """Like `resolve`, but keeps the marker by which a caller leaves a property out."""
        if isinstance(value, dict):
            function = _intrinsic(value)
            return function(self, next(iter(value.values()))) if function else self._each(value)
        if isinstance(value, list):
            return [item for item in map(self.partly, value) if item is not _NO_VALUE]
        return value

    def _each(self, value: dict[str, Any]) -> dict[str, Any]:
        pairs = ((key, self.partly(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _NO_VALUE}


def _ref(resolver: Resolver, name: str) -> Any:
    if name == "AWS::NoValue":
        return _NO_VALUE
    if name in resolver.parameters:
        return resolver.parameters[name]
    try:
        return resolver.directory.ref(name)
    except KeyError:
        raise TemplateError(f"Ref to {name}, which the template doesn't have") from None


def _get_att(resolver: Resolver, value: Any) -> str:
    logical_id, _, name = (value if isinstance(value, str) else ".".join(value)).partition(".")
    try:
        return resolver.directory.attribute(logical_id, name)
    except KeyError:
        raise TemplateError(
            f"GetAtt of {logical_id}.{name}, which the template doesn't have"
        ) from None


def _sub(resolver: Resolver, value: Any) -> str:
    text, names = (value, {}) if isinstance(value, str) else (value[0], resolver.resolve(value[1]))

    def replace(match: re.Match[str]) -> str:
        literal, name = match.groups()
        if literal:
            return "${" + name + "}"
        if name in names:
            return str(names[name])
        return str(_get_att(resolver, name) if "." in name else _ref(resolver, name))

    return _PLACEHOLDER.sub(replace, text)


def _join(resolver: Resolver, value: Any) -> str:
    separator, items = value
    return str(separator).join(str(item) for item in resolver.resolve(items))


def _select(resolver: Resolver, value: Any) -> Any:
    index, items = resolver.resolve(value[0]), resolver.resolve(value[1])
    try:
        return items[int(index)]
    except (IndexError, ValueError):
        raise TemplateError(f"Select of item {index} out of {len(items)}") from None


def _split(resolver: Resolver, value: Any) -> list[str]:
    separator, text = value
    return str(resolver.resolve(text)).split(separator)


def _if(resolver: Resolver, value: Any) -> Any:
    condition, yes, no = value
    return resolver.partly(yes if resolver.holds(condition) else no)


def _find_in_map(resolver: Resolver, value: Any) -> Any:
    found: Any = resolver.mappings
    for key in resolver.resolve(value):
        if not isinstance(found, Mapping) or str(key) not in found:
            raise TemplateError(f"FindInMap: no {key} in the template's mappings")
        found = found[str(key)]
    return found


def _import_value(_: Resolver, value: Any) -> Any:
    raise TemplateError(f"ImportValue of {value}: no other stack exists here")


def _intrinsic(value: dict[str, Any]) -> Callable[[Resolver, Any], Any] | None:
    """The function that `value` calls, or None for an ordinary mapping."""
    if len(value) != 1:
        return None
    ((name, argument),) = value.items()
    # A policy statement may consist of a `Condition` alone; only a name calls a condition.
    if name == "Condition" and not isinstance(argument, str):
        return None
    return _FUNCTIONS.get(name)


def _base64(resolver: Resolver, value: Any) -> str:
    return base64.b64encode(str(resolver.resolve(value)).encode()).decode()


def _equals(resolver: Resolver, value: Any) -> bool:
    left, right = map(resolver.resolve, value)
    return str(left) == str(right)


_FUNCTIONS: dict[str, Callable[[Resolver, Any], Any]] = {
    "Ref": _ref,
    "Condition": Resolver.holds,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import_value,
    "Fn::Base64": _base64,
    "Fn::Equals": _equals,
    "Fn::Not": lambda resolver, value: not resolver.resolve(value[0]),
    "Fn::And": lambda resolver, value: all(map(resolver.resolve, value)),
    "Fn::Or": lambda resolver, value: any(map(resolver.resolve, value)),
}
