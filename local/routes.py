"""Finds the route of a request, as an HTTP API does: the most specific one wins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from local.plan import Route

_PARAMETER = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True)
class Match:
    """A route and the values of its path parameters."""

    route: Route
    parameters: dict[str, str]


class Router:
    """The routes of one API, in the order in which they are tried.

    Full matches come before greedy ones, longer before shorter, literal segments before
    parameters, a method before ANY, and `$default` last: see "How API Gateway chooses routes".
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        ordered = sorted(routes, key=_specificity)
        self._routes = [(_pattern(route.path), route) for route in ordered]

    def find(self, method: str, path: str) -> Match | None:
        """The route for the decoded `path`, or None. HEAD isn't implied by GET."""
        for pattern, route in self._routes:
            found = pattern.fullmatch(path)
            if found and route.method in (method, "ANY"):
                return Match(route, found.groupdict())
        return None


def _specificity(route: Route) -> tuple[bool, bool, int, list[bool], bool]:
    segments = route.path.split("/")
    return (
        route.path == "$default",
        "+}" in route.path,
        -len(segments),
        [segment.startswith("{") for segment in segments],
        route.method == "ANY",
    )


def _pattern(path: str) -> re.Pattern[str]:
    if path == "$default":
        return re.compile(r".*", re.DOTALL)
    pattern, end = "", 0
    for match in _PARAMETER.finditer(path):
        name, greedy = match.groups()
        pattern += re.escape(path[end : match.start()])
        pattern += f"(?P<{name}>{'.+' if greedy else '[^/]+'})"
        end = match.end()
    return re.compile(pattern + re.escape(path[end:]), re.DOTALL)
