"""scenario.yaml: the order, the data and the expectations that no document of routes holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")

TARGET = Path(__file__).parents[2] / "collections_postman" / "scenario.yaml"


class ScenarioError(Exception):
    """The scenario says what can't be done; the message names the place."""


@dataclass(frozen=True)
class Step:
    """One request: of a `route`, or sent (`send: PUT {{fragment_url}}`) to where one pointed."""

    route: str = ""
    send: str = ""
    name: str = ""
    status: int | None = None
    # False leaves the token out.
    token: bool = True
    # Asked by the superadmin instead of the user.
    as_admin: bool = False
    # Asked by whoever has the token in this variable.
    bearer: str = ""
    # Merged over the body that the schema asks for.
    body: Mapping[str, Any] | None = None
    # Sent as it stands.
    text: str | None = None
    # Said of `text`, instead of what the route reads.
    content_type: str | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    # Collection variables to set, from expressions of JavaScript on `body`.
    save: Mapping[str, str] = field(default_factory=dict)
    # Expressions of JavaScript on `body`, and what they have to be.
    expect: Mapping[str, Any] = field(default_factory=dict)
    # The same, but it is asked again until they are.
    until: Mapping[str, Any] = field(default_factory=dict)
    # JavaScript before the request, and after its answer.
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Folder:
    """Steps under a name; `derived` ones come from the document instead."""

    name: str
    tag: str = ""
    description: str = ""
    derived: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """The whole run, in its order; `unchecked` lists routes whose schema is passed over."""

    variables: Mapping[str, str]
    values: Mapping[str, Any]
    folders: tuple[Folder, ...]
    unchecked: tuple[str, ...] = ()


def read(path: Path = TARGET) -> Scenario:
    """Read a scenario. Raises ScenarioError for a key that nothing would look at."""
    said = yaml.safe_load(path.read_text())
    folders = tuple(_folder(one) for one in said.pop("folders"))
    unchecked = tuple(said.pop("unchecked", ()))
    return _made(Scenario, "the scenario", said | {"folders": folders, "unchecked": unchecked})


def _folder(said: dict[str, Any]) -> Folder:
    name = said.get("name", "")
    steps = tuple(_made(Step, f"folder {name}", one) for one in said.pop("steps", ()))
    for step in steps:
        if bool(step.route) == bool(step.send):
            raise ScenarioError(f"folder {name}: a step has either a route or send: {step}")
    return _made(Folder, f"folder {name}", said | {"steps": steps})


def _made(kind: Callable[..., T], where: str, said: Mapping[str, Any]) -> T:
    try:
        return kind(**said)
    except TypeError as error:
        raise ScenarioError(f"{where}: {error}") from None
