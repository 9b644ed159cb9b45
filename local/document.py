"""Reads `template.yaml` as it is written, before SAM's translator sees it.

Without the translator, whose import takes a second: a template that can't be read is told at
once, and the code's process can begin to import the handlers meanwhile.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse

from local.errors import TemplateError, one_line

Document = dict[str, Any]

# The translator accepts only code that is in S3 already; locally the folders themselves are used.
_CODE_IN_S3 = "s3://local/code.zip"


def read(path: Path) -> Document:
    """The template at `path`. Raises TemplateError with one line that says what is wrong."""
    try:
        document = yaml_parse(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TemplateError(f"{path.name} can't be read: {one_line(error)}") from None
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(f"{path.name} has no Resources")
    return document


def code_folders(document: Document, root: Path) -> tuple[Path, ...]:
    """The folders that functions and layers are built from: what is on the path in Lambda."""
    folders = (properties[key] for properties, key in _code_places(document))
    return tuple(dict.fromkeys((root / folder).resolve() for folder in folders))


def without_code_folders(document: Document) -> Document:
    """`document`, changed so that the translator takes its code for uploaded."""
    for properties, key in list(_code_places(document)):
        properties[key] = _CODE_IN_S3
    return document


def handler_modules(document: Document) -> list[str]:
    """The modules of all handlers that are written out in the template."""
    handlers = (str(properties.get("Handler", "")) for properties in _all_properties(document))
    return [handler.rpartition(".")[0] for handler in handlers if "." in handler]


def _code_places(document: Document) -> Iterator[tuple[dict[str, Any], str]]:
    """The mappings, with their keys, that name a local folder of code."""
    for properties in (_global_properties(document), *_all_properties(document)):
        for key in ("CodeUri", "ContentUri"):
            # Anything but text is an object in S3, or an intrinsic function that builds its name.
            folder = properties.get(key)
            if isinstance(folder, str) and not folder.startswith("s3://"):
                yield properties, key


def _global_properties(document: Document) -> dict[str, Any]:
    return (document.get("Globals") or {}).get("Function") or {}


def _all_properties(document: Document) -> Iterator[dict[str, Any]]:
    for resource in document["Resources"].values():
        # What isn't a mapping is a mistake that the translator words better.
        if isinstance(resource, dict):
            yield resource.get("Properties") or {}
