"""The whole collection and its environment, out of document and scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.postman import document, refusals, scenario, scripts
from tools.postman.items import Item, Maker, bearer, identity
from tools.postman.scenario import Folder, Scenario

FOLDER = Path(__file__).parents[2] / "collections_postman"
COLLECTION = FOLDER / "fragua.postman_collection.json"
ENVIRONMENT = FOLDER / "fragua.postman_environment.json"
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def texts() -> dict[Path, str]:
    """What has to be in each file that is generated."""
    made = {COLLECTION: collection(document.read(), scenario.read()), ENVIRONMENT: environment()}
    return {
        path: json.dumps(value, indent=1, ensure_ascii=False) + "\n" for path, value in made.items()
    }


def environment() -> dict[str, Any]:
    """Where the API is: the local stack's own address; the superadmin is whoever that has."""
    given = {"base_url": "http://127.0.0.1:8000", "admin_email": "", "admin_password": ""}
    values = [{"key": name, "value": value, "enabled": True} for name, value in given.items()]
    return {
        "id": identity("environment"),
        "name": "Fragua local",
        "values": values,
        "_postman_variable_scope": "environment",
    }


def collection(said: Mapping[str, Any], run: Scenario) -> dict[str, Any]:
    """The collection of a document, in the order of a scenario."""
    operations = document.operations(said)
    schemas = said["components"]["schemas"]
    maker = Maker(operations, document.Examples(schemas, run.values))
    contract = scripts.contract(operations, schemas, run.unchecked)
    tags = {tag["name"]: tag["description"] for tag in said["tags"]}
    return {
        "info": {
            "_postman_id": identity("collection"),
            "name": said["info"]["title"],
            "description": said["info"]["description"],
            "version": said["info"]["version"],
            "schema": _SCHEMA,
        },
        "auth": bearer("{{access_token}}"),
        "event": [scripts.event("test", contract)],
        "variable": [{"key": name, "value": value} for name, value in run.variables.items()],
        "item": [_folder(maker, folder, tags) for folder in run.folders],
    }


def _folder(maker: Maker, folder: Folder, tags: Mapping[str, str]) -> Item:
    description = folder.description or tags.get(folder.tag, "")
    if not folder.derived:
        return maker.folder(folder.name, description, folder.steps)
    routes = maker.operations.values()
    groups = {
        "Without a token": refusals.without_token(routes),
        "Without the role": refusals.without_role(routes),
        "Ids that nobody has": refusals.wrong_ids(routes),
        "Bodies that do not fit": refusals.wrong_bodies(routes, maker.examples),
    }
    items = [maker.folder(name, "", steps) for name, steps in groups.items()]
    return {"name": folder.name, "description": description, "item": items}
