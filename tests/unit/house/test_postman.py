"""The Postman collection tells of the same routes as the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.paths import ROOT
from tools.postman import document
from tools.postman.collection import COLLECTION

OPERATIONS = document.operations(document.read())
FOLDERS = json.loads(COLLECTION.read_text())["item"]
REFUSALS = "Refusals"
Item = dict[str, Any]


def requests(items: list[Item]) -> Iterator[Item]:
    for item in items:
        if "item" in item:
            yield from requests(item["item"])
        else:
            yield item["request"]


def route(request: Item) -> str:
    """`GET /v1/files/{file_id}` of a request; nothing of one that goes elsewhere."""
    if isinstance(request["url"], str):
        return ""
    steps = (f"{{{step[1:]}}}" if step[0] == ":" else step for step in request["url"]["path"])
    return f"{request['method']} /{'/'.join(steps)}"


RUN = [one for one in FOLDERS if one["name"] != REFUSALS]
REFUSED = [one for one in FOLDERS if one["name"] == REFUSALS]
ASKED = {route(request) for request in requests(RUN)}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_route_of_the_document_is_in_the_collection(name: str) -> None:
    assert name in ASKED


def test_the_collection_asks_for_nothing_else() -> None:
    assert ASKED - {""} == set(OPERATIONS)


@pytest.mark.parametrize("name", [one.route for one in OPERATIONS.values() if one.closed])
def test_a_closed_route_is_also_asked_for_without_a_token(name: str) -> None:
    without = [one for one in requests(REFUSED) if one.get("auth") == {"type": "noauth"}]
    assert name in map(route, without)


def test_a_request_names_no_machine() -> None:
    for request in requests(FOLDERS):
        url = request["url"]
        assert (url if isinstance(url, str) else url["raw"]).startswith("{{")


def test_newman_is_locked_without_a_registry() -> None:
    lock = json.loads((ROOT / "tools" / "postman" / "package-lock.json").read_text())
    packages = [one for name, one in lock["packages"].items() if name]
    assert all("integrity" in one and "resolved" not in one for one in packages)
