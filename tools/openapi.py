"""Write the OpenAPI document of the whole API: `python -m tools.openapi` (or `--check` it).

Every function knows its own route; this asks them all and merges what they say.
"""

from __future__ import annotations

import importlib
import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fragua.accounts.permissions import Visitors
    from fragua.api import Description

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "functions" / "service" / "openapi.json"

DESCRIPTION = """\
Fragments in, one verified file out. Cut a file, send its fragments straight to the store in any
order and in parallel, complete the upload, and download the same bytes.

Errors are RFC 9457 problem documents with a stable `code` and the `request_id` to quote.
"""

TAGS = {
    "accounts": "Who you are and may be: sessions, profiles, plans, other people's accounts.",
    "uploads": "Fragments in: sessions of files that are on their way.",
    "buckets": "Places of one's own to store in.",
    "files": "One verified file out; temporary links to it.",
    "images": "Files that are pictures: thumbnails, sizes, colours.",
    "videos": "Files that became videos, watched and voted for by everybody else.",
    "catalog": "Products: their prices, pictures, history and views.",
    "notifications": "What other admins changed.",
    "service": "The service itself.",
}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body within 24 hours answer the same result.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "A stable word, such as fragment_missing."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "The fields that are not valid (422).",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def functions() -> list[Any]:
    """Import every module under functions/ and return those that have a route."""
    root = ROOT / "functions"
    for folder in (ROOT / "shared_package", root):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    names = sorted(".".join(p.relative_to(root).with_suffix("").parts) for p in root.glob("*/*.py"))
    modules = [importlib.import_module(name) for name in names]
    return [module for module in modules if hasattr(module, "api")]


def _add_what_the_door_reads(operation: dict[str, Any], said: Description) -> None:
    """Describe what a route takes before Powertools sees it: bytes, and an Idempotency-Key."""
    if "takes" in said:
        content = {said["takes"]: {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": content}
    if said.get("repeatable"):
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


def _add_roles(operation: dict[str, Any], roles: Visitors) -> None:
    """Describe who may use a route that is not for every account."""
    from fragua.accounts.permissions import MEMBERS

    if not roles >= MEMBERS:
        operation["x-roles"] = sorted(roles)


def document() -> dict[str, Any]:
    """Merge what all functions say about their routes."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    for module in functions():
        said = json.loads(
            module.api.resolver.get_openapi_json_schema(
                title="Fragua", security_schemes={"bearer": bearer}
            )
        )
        for path, operations in said["paths"].items():
            for operation in operations.values():
                operation["responses"] = dict(sorted(operation["responses"].items()))
                _add_what_the_door_reads(operation, module.api.said)
                _add_roles(operation, module.api.roles)
            paths.setdefault(path, {}).update(operations)
        schemas |= said["components"].get("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        schemas.pop(unused, None)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fragua",
            "version": project["version"],
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"bearer": bearer},
            "schemas": dict(sorted(schemas.items())),
        },
    }


def main() -> int:
    """Write the document, or with --check say whether it is what would be written."""
    text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv:
        TARGET.write_text(text)
        return 0
    if TARGET.is_file() and TARGET.read_text() == text:
        return 0
    print(f"{TARGET.relative_to(ROOT)} is not up to date: run `make openapi`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
