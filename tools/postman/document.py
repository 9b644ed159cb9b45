"""The OpenAPI document as the collection needs it: operations, example bodies, a contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.openapi import TARGET

JSON = "application/json"
OCTETS = "application/octet-stream"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")

Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One method of one path; `said` is its object in the document."""

    method: str
    path: str
    said: Mapping[str, Any]

    @property
    def route(self) -> str:
        """The operation as people write it: `GET /v1/files`."""
        return f"{self.method} {self.path}"

    @property
    def summary(self) -> str:
        """What it does, in a few words."""
        return str(self.said["summary"])

    @property
    def closed(self) -> bool:
        """Whether it asks for a token."""
        return bool(self.said.get("security"))

    @property
    def restricted(self) -> bool:
        """Whether it is for some roles alone."""
        return "x-roles" in self.said

    @property
    def success(self) -> int:
        """The status of an answer that is no problem, the lowest where there are several."""
        return min(status for status in self.statuses if status < 400)

    @property
    def statuses(self) -> list[int]:
        """Every status that the document declares."""
        return [int(status) for status in self.said["responses"]]

    @property
    def answers(self) -> list[str]:
        """Every status with the document's word for it: `409 Conflict`."""
        said = self.said["responses"].items()
        return [f"{status} {one.get('description', '')}".strip() for status, one in said]

    @property
    def body_type(self) -> str | None:
        """The media type of the body that it reads, if it reads one."""
        return next(iter(self.said.get("requestBody", {}).get("content", {})), None)

    @property
    def body_schema(self) -> Schema:
        """The schema of that body; without the null of a body that may be left out."""
        schema: Schema = self.said["requestBody"]["content"][self.body_type].get("schema", {})
        return _first_choice(schema)

    @property
    def body_needed(self) -> bool:
        """Whether a request without a body is refused."""
        return bool(self.said.get("requestBody", {}).get("required"))

    def parameters(self, place: str) -> list[Mapping[str, Any]]:
        """The parameters in `path`, `query` or `header`."""
        return [one for one in self.said.get("parameters", []) if one["in"] == place]


def read() -> dict[str, Any]:
    """Read the document that `make openapi` wrote."""
    document: dict[str, Any] = json.loads(TARGET.read_text())
    return document


def operations(document: Mapping[str, Any]) -> dict[str, Operation]:
    """Every operation by its route, in the document's order."""
    found = [
        Operation(method.upper(), path, said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
        if method in METHODS
    ]
    return {operation.route: operation for operation in found}


def _first_choice(schema: Schema) -> Schema:
    choices = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    return choices[0] if choices else schema


@dataclass(frozen=True)
class Examples:
    """Makes bodies from schemas; `values` gives a field its value wherever it occurs."""

    schemas: Mapping[str, Schema]
    values: Mapping[str, Any]

    def of(self, schema: Schema, name: str = "") -> Any:
        """Make the smallest value that `schema` allows: the required fields and no others."""
        if name in self.values:
            return self.values[name]
        schema = self.resolved(schema)
        for word in ("const", "default", "example"):
            if word in schema:
                return schema[word]
        for word in ("examples", "enum"):
            if word in schema:
                return schema[word][0]
        return self._by_type(schema)

    def resolved(self, schema: Schema) -> Schema:
        """Follow references, and the first choice where there are several."""
        while "$ref" in schema or "anyOf" in schema:
            name = schema.get("$ref", "").rpartition("/")[2]
            schema = self.schemas[name] if name else _first_choice(schema)
        return schema

    def _by_type(self, schema: Schema) -> Any:
        kind = schema.get("type")
        if kind == "object":
            fields = schema.get("properties", {})
            return {name: self.of(fields[name], name) for name in schema.get("required", [])}
        if kind == "array":
            return [self.of(schema["items"])]
        if kind in {"integer", "number"}:
            return int(schema.get("minimum", 1))
        return {"boolean": False, "null": None}.get(kind or "", "text")


def answers(operation: Operation) -> dict[str, Any]:
    """What each status of an operation brings: a media type and a schema, or nothing."""
    responses = operation.said["responses"].items()
    return {status: _answer(response.get("content", {})) for status, response in responses}


def _answer(content: Mapping[str, Any]) -> dict[str, Any]:
    for kind, said in content.items():
        if kind.endswith("json") and "schema" in said:
            return {"type": kind, "schema": draft7(said["schema"])}
        return {"type": kind}
    return {"type": None}


def draft7(value: Any) -> Any:
    """Rewrite a schema of 2020-12 for Postman's validator, which knows draft 7 and no newer one.

    An unknown keyword would be passed over in silence, so tuples have to be said the old way.
    """
    if isinstance(value, list):
        return [draft7(one) for one in value]
    if not isinstance(value, dict):
        return value
    new = {key: draft7(one) for key, one in value.items() if key not in {"title", "description"}}
    if isinstance(value.get("properties"), dict):
        # A field of an object may be called `title`.
        new["properties"] = {name: draft7(one) for name, one in value["properties"].items()}
    if "prefixItems" in new:
        new |= {"additionalItems": new.pop("items", True), "items": new.pop("prefixItems")}
    if isinstance(new.get("$ref"), str):
        new["$ref"] = new["$ref"].replace("#/components/schemas/", "#/definitions/")
    return new


def sealed(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """The answers' schemas for Postman; a field that the document doesn't name is refused.

    So a password's hash in an answer would be noticed. Problems may have members of their own.
    """
    found = {name: draft7(schema) for name, schema in schemas.items()}
    for name, schema in found.items():
        if name != "Problem" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return found
