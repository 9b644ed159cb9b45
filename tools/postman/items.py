"""Requests as a collection holds them (Postman's format, version 2.1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from tools.postman import scripts
from tools.postman.document import JSON, Examples, Operation
from tools.postman.scenario import ScenarioError, Step

Item = dict[str, Any]

# Ids of items are made from where they stand, so that the same document makes the same file.
_NAMESPACE = UUID("6f4ad3a5-5b7c-4c3e-9a0e-6a0a3a1f7c11")
_NO_TOKEN = {"type": "noauth"}


def bearer(token: str) -> Item:
    """Postman's words for a bearer token, which may be a variable."""
    return {"type": "bearer", "bearer": [{"key": "token", "value": token, "type": "string"}]}


@dataclass(frozen=True)
class Maker:
    """Makes items out of steps."""

    operations: Mapping[str, Operation]
    examples: Examples

    def folder(self, name: str, description: str, steps: list[Step] | tuple[Step, ...]) -> Item:
        """A folder with an item for each step."""
        items = [self.item(step, f"{name}/{number}") for number, step in enumerate(steps)]
        return {"name": name, "description": description, "item": items}

    def item(self, step: Step, place: str) -> Item:
        """One request with its scripts; `place` gives it its id."""
        request = self._sent(step) if step.send else self._asked(step)
        status = step.status or (200 if step.send else self._operation(step).success)
        name = step.name or self._operation(step).summary
        events = [scripts.event("prerequest", step.before)] if step.before else []
        events.append(scripts.event("test", scripts.test(step, status)))
        made = {"id": identity(place), "name": name, "event": events, "request": request}
        if 300 <= status < 400:
            made["protocolProfileBehavior"] = {"followRedirects": False}
        return made

    def _operation(self, step: Step) -> Operation:
        if step.route not in self.operations:
            raise ScenarioError(f"the document has no route {step.route}")
        return self.operations[step.route]

    def _sent(self, step: Step) -> Item:
        method, _, url = step.send.partition(" ")
        request = {"method": method, "header": [], "auth": _NO_TOKEN, "url": url}
        return request | (_body(step.text, step.content_type) if step.text is not None else {})

    def _asked(self, step: Step) -> Item:
        operation = self._operation(step)
        request: Item = {"method": operation.method}
        if not (operation.closed and step.token):
            request["auth"] = _NO_TOKEN
        elif step.as_admin or step.bearer:
            request["auth"] = bearer(f"{{{{{step.bearer or 'admin_token'}}}}}")
        request |= {"header": []} | self._body(operation, step)
        request["header"] += _offered(operation.parameters("header"), step.header)
        return request | {
            "url": _url(operation, step),
            "description": _description(operation, self.examples),
        }

    def _body(self, operation: Operation, step: Step) -> Item:
        kind = operation.body_type
        if step.text is not None:
            return _body(step.text, step.content_type or kind)
        if kind != JSON or not (operation.body_needed or step.body is not None):
            return {}
        value = self.examples.of(operation.body_schema)
        return _body(json.dumps({**value, **(step.body or {})}, indent=2), kind)


def identity(place: str) -> str:
    """The id of what stands at `place`."""
    return str(uuid5(_NAMESPACE, place))


def _body(raw: str, kind: str | None) -> Item:
    language = "json" if kind == JSON else "text"
    body = {"mode": "raw", "raw": raw, "options": {"raw": {"language": language}}}
    # Without a type of its own, Postman calls it text/plain.
    header = [{"key": "Content-Type", "value": kind or "application/octet-stream"}]
    return {"header": header, "body": body}


def _url(operation: Operation, step: Step) -> Item:
    steps = [
        f":{part[1:-1]}" if part.startswith("{") else part
        for part in operation.path.strip("/").split("/")
    ]
    query = _offered(operation.parameters("query"), step.query)
    shown = "&".join(f"{one['key']}={one['value']}" for one in query if not one["disabled"])
    raw = "/".join(["{{base_url}}", *steps]) + (f"?{shown}" if shown else "")
    names = [one["name"] for one in operation.parameters("path")]
    variables = [{"key": name, "value": step.path.get(name, f"{{{{{name}}}}}")} for name in names]
    url = {"raw": raw, "host": ["{{base_url}}"], "path": steps}
    return url | ({"query": query} if query else {}) | ({"variable": variables} if names else {})


def _offered(
    parameters: Iterable[Mapping[str, Any]], given: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Every parameter that there is; those that are not `given` wait to be ticked."""
    parameters = list(parameters)
    if unknown := set(given) - {one["name"] for one in parameters}:
        raise ScenarioError(f"the document has no parameter {', '.join(sorted(unknown))}")
    return [
        {
            "key": one["name"],
            "value": str(given.get(one["name"], one["schema"].get("default", ""))),
            "description": one.get("description", ""),
            "disabled": one["name"] not in given,
        }
        for one in parameters
    ]


def _description(operation: Operation, examples: Examples) -> str:
    """What the document says of the operation, of its body and of its answers."""
    said = [operation.said.get("description", "")]
    if operation.body_type == JSON:
        schema = examples.resolved(operation.body_schema)
        said.append(f"Body: {schema.get('description', 'JSON.')}")
    said.append(f"Answers: {', '.join(operation.answers)}.")
    return "\n\n".join(filter(None, said))
