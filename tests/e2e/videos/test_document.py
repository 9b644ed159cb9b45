"""What the OpenAPI document says of videos, the gallery and the ranking."""

from typing import Any

import pytest

from tests.e2e.support.routes import Operations
from tests.e2e.support.sending import Json

ANSWERS = [
    ("POST", "/v1/videos", "202 415 422"),
    ("GET", "/v1/videos", "200"),
    ("GET", "/v1/videos/{}", "200 404"),
    ("DELETE", "/v1/videos/{}", "204 404 409"),
    ("POST", "/v1/videos/{}/publish", "200 404 409"),
    ("POST", "/v1/videos/{}/unpublish", "200 404 409"),
    ("GET", "/v1/public/videos", "200"),
    ("POST", "/v1/public/videos/{}/vote", "201 403 404 409"),
    ("DELETE", "/v1/public/videos/{}/vote", "204 404"),
    ("GET", "/v1/public/rankings", "200"),
]
OPEN = ["/v1/public/videos", "/v1/public/rankings"]


@pytest.mark.parametrize(("method", "path", "statuses"), ANSWERS)
def test_each_answer_of_the_contract_is_in_the_document(
    operations: Operations, method: str, path: str, statuses: str
) -> None:
    assert set(statuses.split()) <= operations[method, path]["responses"].keys()


@pytest.mark.parametrize(("method", "path", "statuses"), ANSWERS)
def test_only_what_is_public_needs_no_token(
    document: Json, operations: Operations, method: str, path: str, statuses: str
) -> None:
    needed: Any = operations[method, path].get("security", document.get("security", []))
    assert (needed == [] or {} in needed) == (path in OPEN)


@pytest.mark.parametrize("path", OPEN)
def test_what_a_public_list_takes_is_in_the_document(operations: Operations, path: str) -> None:
    named = {item.get("name"): item for item in operations["GET", path]["parameters"]}
    assert {named[name]["in"] for name in ("city", "limit", "cursor")} == {"query"}


def test_a_new_video_takes_an_idempotency_key(operations: Operations) -> None:
    parameters = operations["POST", "/v1/videos"].get("parameters", [])
    assert "idempotency-key" in [item["name"].lower() for item in parameters if "name" in item]
