"""Lets SAM's own translator expand `template.yaml` to plain CloudFormation."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.account import REGION
from local.document import code_folders, read, without_code_folders
from local.errors import TemplateError, one_line


@dataclass(frozen=True)
class Template:
    """A translated template: its resources still hold intrinsic functions."""

    resources: dict[str, Any]
    parameters: dict[str, Any]
    mappings: dict[str, Any]
    conditions: dict[str, Any]
    code_folders: tuple[Path, ...]


def load(path: Path, overrides: Mapping[str, str] | None = None) -> Template:
    """Reads and translates the template at `path`; `overrides` replaces parameters' defaults.

    Raises TemplateError with one line that says what is wrong with it.
    """
    document = read(path)
    values = _parameters(document, overrides or {})
    folders = code_folders(document, path.parent)
    translated = _translate(without_code_folders(document), path, values)
    return Template(
        resources=translated["Resources"],
        parameters={name: _typed(document, name, value) for name, value in values.items()},
        mappings=document.get("Mappings") or {},
        conditions=translated.get("Conditions") or {},
        code_folders=folders,
    )


def _parameters(document: dict[str, Any], overrides: Mapping[str, str]) -> dict[str, str]:
    declared = document.get("Parameters") or {}
    unknown = set(overrides) - set(declared)
    if unknown:
        raise TemplateError(f"the template has no parameter {', '.join(sorted(unknown))}")
    values = {name: overrides.get(name, spec.get("Default")) for name, spec in declared.items()}
    missing = [name for name, value in values.items() if value is None]
    if missing:
        raise TemplateError(
            f"parameter {missing[0]} has no default: give --parameter {missing[0]}=..."
        )
    return {name: str(value) for name, value in values.items()}


def _typed(document: dict[str, Any], name: str, value: str) -> str | list[str]:
    """Lists are given as comma-separated text and used as lists."""
    kind = document["Parameters"][name].get("Type", "String")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [item.strip() for item in value.split(",")]
    return value


def _translate(document: dict[str, Any], path: Path, values: dict[str, str]) -> dict[str, Any]:
    session = boto3.session.Session(region_name=REGION)
    try:
        translator = Translator({}, Parser(), None, session)
        translated: dict[str, Any] = translator.translate(document, dict(values))
        # To nobody; it warns of what it was not asked to publish.
        translator.metrics.publish()
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes)
        raise TemplateError(f"{path.name} is no valid SAM template: {one_line(causes)}") from None
    # The translator trusts the document's shape; what it trips over is the author's mistake.
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TemplateError(
            f"{path.name} is no valid SAM template: {type(error).__name__}: {one_line(error)}"
        ) from None
    return translated
