"""The JavaScript of the collection: what is looked at after an answer, and done before a request.

`contract.js` holds for every answer; what is made here belongs to one request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.postman.document import Operation, answers, sealed
from tools.postman.scenario import Step

# Between two questions, and until there are no more; in milliseconds.
PAUSE, PATIENCE = 200, 30_000

_UNTIL = """\
// Asks again until it is so.
const askedSince = pm.variables.get("asked_since") || Date.now();
if (!(%(condition)s) && Date.now() - askedSince < %(patience)d) {
    pm.variables.set("asked_since", askedSince);
    pm.execution.setNextRequest(pm.info.requestId);
    setTimeout(() => {}, %(pause)d);
} else {
    pm.variables.unset("asked_since");
%(then)s
}"""


def event(listen: str, source: str) -> dict[str, Any]:
    """A script as a collection holds it: `listen` is `test` or `prerequest`."""
    script = {"type": "text/javascript", "exec": source.strip("\n").split("\n")}
    return {"listen": listen, "script": script}


def contract(operations: Mapping[str, Operation], schemas: Mapping[str, Any], skip: Any) -> str:
    """What holds for every answer: `contract.js` with the document's answers in it."""
    routes = {
        route: {
            status: {"type": said["type"]} if route in skip else said
            for status, said in answers(operation).items()
        }
        for route, operation in operations.items()
    }
    source = Path(__file__).with_name("contract.js").read_text()
    for name, table in (("routes", routes), ("definitions", sealed(schemas))):
        source = source.replace(f"const {name} = {{}};", f"const {name} = {_table(table)};")
    return source


def _table(entries: Mapping[str, Any]) -> str:
    """One line an entry, so that a change of the document is a small change here."""
    lines = [f"    {json.dumps(key)}: {json.dumps(value)}," for key, value in entries.items()]
    return "\n".join(["{", *lines, "}"])


def test(step: Step, status: int) -> str:
    """What one step expects of its answer, and what later steps need of it."""
    lines = [f'pm.test("answers {status}", () => pm.response.to.have.status({status}));']
    if step.save or step.expect or step.until or "body" in step.after:
        lines += ["const body = pm.response.json();"]
    looked = [*_expectations({**step.until, **step.expect}), *_kept(step.save)]
    if step.until:
        condition = " && ".join(f"{_js(key)} === {_value(one)}" for key, one in step.until.items())
        then = "\n".join(f"    {line}" for line in looked)
        values = {"condition": condition, "patience": PATIENCE, "pause": PAUSE, "then": then}
        looked = [_UNTIL % values]
    return "\n".join([*lines, *looked, step.after.strip()]).strip()


def _expectations(entries: Mapping[str, Any]) -> list[str]:
    return [
        f"pm.test({json.dumps(f'{key} is {_said(value)}')}, "
        f"() => pm.expect({_js(key)}).to.eql({_value(value)}));"
        for key, value in entries.items()
    ]


def _kept(entries: Mapping[str, str]) -> list[str]:
    return [
        f"pm.test({json.dumps(f'{name} is kept')}, "
        f"() => pm.collectionVariables.set({json.dumps(name)}, {_js(expression)}));"
        for name, expression in entries.items()
    ]


def _js(expression: str) -> str:
    """`uploads[0].id` of the body; what begins with `pm.` stands for itself."""
    return expression if expression.startswith("pm.") else f"body.{expression}"


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _value(value: Any) -> str:
    text = json.dumps(value)
    return f"pm.variables.replaceIn({text})" if "{{" in text and isinstance(value, str) else text
