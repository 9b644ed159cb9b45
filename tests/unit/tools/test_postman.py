"""How the Postman collection is made of a document and a scenario, and how a run is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.postman import refusals, scripts
from tools.postman.document import Examples, Operation, draft7, operations, sealed
from tools.postman.items import Maker
from tools.postman.run import summary
from tools.postman.scenario import ScenarioError, Step, read

THING = {
    "type": "object",
    "description": "A thing.",
    "required": ["name", "colour", "sizes"],
    "properties": {
        "name": {"type": "string"},
        "title": {"type": "string", "title": "Title"},
        "colour": {"anyOf": [{"type": "null"}, {"enum": ["red", "blue"], "type": "string"}]},
        "sizes": {"type": "array", "items": {"type": "integer", "minimum": 3.0}},
    },
}
REFERENCE = {"$ref": "#/components/schemas/Thing"}
ID = {"name": "id", "in": "path", "schema": {"type": "string", "format": "uuid"}}
CRC = {"name": "x-crc", "in": "header", "schema": {"type": "string"}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 50}}
PATCH = {
    "summary": "Change a thing",
    "security": [{"bearer": []}],
    "parameters": [ID, LIMIT, CRC],
    "requestBody": {"required": True, "content": {"application/json": {"schema": REFERENCE}}},
    "responses": {"200": {"content": {"application/json": {"schema": REFERENCE}}}, "404": {}},
}
LOOK = {"summary": "Look", "responses": {"204": {"description": "No Content"}}}
DOCUMENT = {"paths": {"/things/{id}": {"patch": PATCH}, "/look": {"get": LOOK, "summary": "x"}}}
OPERATIONS = operations(DOCUMENT)
EXAMPLES = Examples({"Thing": THING}, {"name": "{{name}}"})
MAKER = Maker(OPERATIONS, EXAMPLES)
CHANGE, PUBLIC = OPERATIONS["PATCH /things/{id}"], OPERATIONS["GET /look"]


def item(**step: Any) -> dict[str, Any]:
    return MAKER.item(Step(**step), "here")


def test_an_example_has_the_required_fields_with_the_scenarios_values() -> None:
    assert EXAMPLES.of(REFERENCE) == {"name": "{{name}}", "colour": "red", "sizes": [3]}


def test_what_a_step_says_of_the_body_goes_before_the_example() -> None:
    body = item(route=CHANGE.route, body={"colour": "blue"})["request"]["body"]["raw"]
    assert json.loads(body) == {"name": "{{name}}", "colour": "blue", "sizes": [3]}


def test_a_request_has_its_parameters_as_variables() -> None:
    url = item(route=CHANGE.route, query={"limit": "2"})["request"]["url"]
    assert url["raw"] == "{{base_url}}/things/:id?limit=2"
    assert url["variable"] == [{"key": "id", "value": "{{id}}"}]


def test_a_parameter_that_is_not_used_waits_with_its_default() -> None:
    (limit,) = item(route=CHANGE.route)["request"]["url"]["query"]
    assert (limit["value"], limit["disabled"]) == ("50", True)


@pytest.mark.parametrize(("given", "disabled"), [({}, True), ({"x-crc": "1"}, False)], ids=str)
def test_a_header_waits_beside_the_bodys_own(given: dict[str, str], disabled: bool) -> None:
    kind, crc = item(route=CHANGE.route, header=given)["request"]["header"]
    assert kind == {"key": "Content-Type", "value": "application/json"}
    assert (crc["key"], crc["disabled"]) == ("x-crc", disabled)


@pytest.mark.parametrize(
    ("step", "token"),
    [
        (Step(route=CHANGE.route), True),
        (Step(route=CHANGE.route, token=False), False),
        (Step(route=PUBLIC.route), False),
        (Step(send="PUT {{url}}", name="Send", text="x"), False),
    ],
    ids=["closed", "closed, without", "public", "elsewhere"],
)
def test_the_token_goes_to_closed_routes_alone(step: Step, token: bool) -> None:
    assert ("auth" not in MAKER.item(step, "here")["request"]) is token


def test_a_redirect_is_looked_at_and_not_followed() -> None:
    made = item(route=PUBLIC.route, status=302)
    assert made["protocolProfileBehavior"] == {"followRedirects": False}


def test_a_step_of_a_route_that_is_none_is_told() -> None:
    with pytest.raises(ScenarioError, match="GET /nothing"):
        item(route="GET /nothing")


def test_tuples_are_said_as_draft_7_does() -> None:
    pair = {"prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2}
    assert draft7(pair) == {
        "items": [{"type": "integer"}, {"type": "string"}],
        "additionalItems": True,
        "minItems": 2,
    }


def test_a_field_called_title_is_kept_and_a_title_is_not() -> None:
    assert draft7(THING)["properties"]["title"] == {"type": "string"}


def test_an_answers_field_that_nobody_declared_is_refused_except_in_problems() -> None:
    schemas = sealed({"Thing": THING, "Problem": THING})
    assert schemas["Thing"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Problem"]


def test_the_contract_holds_every_answer_and_schema() -> None:
    source = scripts.contract(OPERATIONS, {"Thing": THING}, skip=())
    declared = {"type": "application/json", "schema": {"$ref": "#/definitions/Thing"}}
    assert json.dumps(declared) in source
    assert '"404": {"type": null}' in source


def test_a_route_that_is_not_checked_keeps_its_media_type() -> None:
    source = scripts.contract(OPERATIONS, {}, skip=(CHANGE.route,))
    assert '"200": {"type": "application/json"}' in source


def test_every_kind_of_refusal_is_made_of_the_document() -> None:
    both: list[Operation] = [CHANGE, PUBLIC]
    assert [one.status for one in refusals.without_token(both)] == [401]
    assert [one.path["id"] for one in refusals.wrong_ids(both)] == [
        refusals.UNKNOWN,
        refusals.MALFORMED,
    ]
    bodies = refusals.wrong_bodies(both, EXAMPLES)
    assert [one.status for one in bodies] == [400, 415, 422, 422]
    assert all(f"/{name}" in bodies[-1].after for name in THING["required"])


def test_a_step_that_waits_asks_again() -> None:
    made = scripts.test(Step(route="x", until={"status": "ready"}, save={"id": "file_id"}), 200)
    assert 'body.status === "ready"' in made
    assert "setNextRequest(pm.info.requestId)" in made


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{variables: {}, values: {}, folders: [{name: A, colour: red}]}", "colour"),
        ("{variables: {}, values: {}, folders: [{name: A, steps: [{rout: x}]}]}", "rout"),
        ("{variables: {}, values: {}, folders: [{name: A, steps: [{status: 1}]}]}", "route or"),
        ("{variables: {}, values: {}, folders: [], more: 1}", "more"),
    ],
    ids=["folder", "step", "neither", "scenario"],
)
def test_a_scenario_that_says_what_nobody_reads_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=said):
        read(path)


def test_a_run_is_told_by_folder_with_each_failure_and_its_answer() -> None:
    answer = {"code": 500, "stream": {"data": list(b'{"code": "internal_error"}')}}
    error = {"test": "answers 200", "message": "expected 200 but got 500"}
    report = {
        "collection": {"item": [{"name": "A", "item": [{"name": "Look", "id": "1"}]}]},
        "run": {
            "executions": [{"item": {"id": "1"}, "response": answer, "assertions": [{}, {}]}],
            "failures": [{"source": {"id": "1", "name": "Look"}, "error": error}],
        },
    }
    told = "\n".join(summary(report))
    assert "FAILED A: Look\n  answers 200: expected 200 but got 500" in told
    assert 'the answer: 500 {"code": "internal_error"}' in told
    assert told.endswith("1 requests, 2 checks, 1 failed")
