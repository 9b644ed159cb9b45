"""The HTTP door: forms are checked in the contract's order, and answers show no insides."""

from __future__ import annotations

import base64
import io
import json
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import Field

from fragua.accounts import permissions
from fragua.api import Api, UserId
from fragua.bodies import MAX_BODY
from fragua.errors import Problem, Refused, Unavailable
from fragua.schemas import Request
from tests.support.events import Context, http_event

pytestmark = pytest.mark.usefixtures("environment")


class Body(Request):
    """Any body with a number, a list and odd names in it."""

    size: int = 0
    odd: Annotated[dict[str, int], Field(default_factory=dict)]
    files: Annotated[list[dict[str, int]], Field(default_factory=list)]


THINGS, THING = "POST /v1/things", "DELETE /v1/things/<thing_id>"
open_door, item_door = Api({THINGS: permissions.ANYONE}), Api({THING: permissions.ANYONE})
closed_door = Api({THINGS: permissions.MEMBERS})
raised: list[Exception] = []


@open_door.post("/v1/things", summary="", tags=[])
def take(body: Body | None = None) -> dict[str, Any]:
    if raised:
        raise raised.pop()
    return {"size": body.size if body else None}


@closed_door.post("/v1/things", summary="", tags=[])
def closed(body: Body, user: UserId) -> None:
    raise AssertionError("nobody gets here")


@item_door.delete("/v1/things/<thing_id>", status=204, summary="", tags=[])
def item(thing_id: UUID) -> None:
    return None


def ask(body: Any = None, door: Api = open_door, **more: Any) -> tuple[int, Any, dict[str, str]]:
    """Post a body; return status, parsed answer and headers."""
    event = http_event("POST", "/v1/things", body, **more)
    answer = door.handler(event, Context())
    return answer["statusCode"], json.loads(answer["body"] or "null"), answer["headers"]


def ask_raw(raw: bytes, content_type: str | None = "application/json") -> tuple[int, Any]:
    """Post bytes as the gateway hands over what is no text: in base64."""
    event = http_event("POST", "/v1/things", base64.b64encode(raw).decode())
    event["isBase64Encoded"] = True
    event["headers"].pop("content-type")
    if content_type:
        event["headers"]["content-type"] = content_type
    answer = open_door.handler(event, Context())
    return answer["statusCode"], json.loads(answer["body"])


def raise_inside(error: Exception) -> tuple[int, Any, dict[str, str]]:
    """Let the function raise, and return the answer."""
    raised.append(error)
    return ask({"size": 1})


@pytest.mark.parametrize("content_type", ["application/json", "APPLICATION/JSON; charset=utf-8"])
def test_a_json_body_is_read(content_type: str) -> None:
    assert ask({"size": 5}, headers={"content-type": content_type})[:2] == (200, {"size": 5})


@pytest.mark.parametrize("content_type", [None, "application/json", "application/merge-patch+json"])
def test_a_body_in_base64_is_read_the_same(content_type: str | None) -> None:
    assert ask_raw(b'{"size": 5}', content_type) == (200, {"size": 5})


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_post_without_a_body_is_none_whatever_type_the_gateway_adds(
    content_type: str | None,
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    assert ask(headers=headers)[:2] == (200, {"size": None})


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/json", "application/octet-stream", "json", "", "multipart/form-data"],
)
def test_another_type_is_refused_even_if_it_is_json(content_type: str) -> None:
    status, problem, _ = ask('{"size": 5}', headers={"content-type": content_type})
    assert (status, problem["code"]) == (415, "unsupported_media_type")


MALFORMED = [
    *("{", "nonsense", '{"size": 1,}', "{'size': 1}", '{"size": 1} x', "\ufeff{}"),
    *('{"size": NaN}', '{"size": Infinity}', '{"size": -Infinity}', '{"size": 01}'),
    *("[" * 100_000, '{"a":' * 100_000, '{"size": ' + "9" * 5000 + "}", '"\n"'),
]


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_json_is_malformed(text: str) -> None:
    status, problem, _ = ask(text)
    assert (status, problem["code"]) == (400, "malformed_body")


@pytest.mark.parametrize("raw", [b"\xff\xfe{\x00}\x00", b'{"a": "\xff"}', b"\x00"])
def test_what_is_no_utf_8_is_malformed(raw: bytes) -> None:
    assert ask_raw(raw)[0] == 400


def test_a_body_over_the_limit_is_too_large() -> None:
    text = json.dumps({"size": 1, "more": "x" * MAX_BODY})
    assert ask(text)[0] == 413


def test_a_body_at_the_limit_is_read() -> None:
    text = json.dumps({"size": 1})
    assert ask(text + " " * (MAX_BODY - len(text)))[0] == 200


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", "x" * (MAX_BODY + 1), {413, 415}),
        ("text/plain", "{", {415}),
        ("application/json", "{", {400}),
        ("application/json", '{"size": "x"}', {422}),
    ],
)
def test_the_token_comes_before_the_form(content_type: str, body: str, status: set[int]) -> None:
    headers = {"content-type": content_type}
    assert ask(body, headers=headers)[0] in status
    assert ask(body, door=closed_door, headers=headers)[0] == 401


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "token_missing"),
        ("", "token_invalid"),
        ("Bearer", "token_invalid"),
        ("Bearer ", "token_invalid"),
        ("Basic YTpi", "token_invalid"),
        ("Bearer a b", "token_invalid"),
        ("Bearer a.b.c,Bearer a.b.c", "token_invalid"),
        ("Bearer a.b.c, a.b.c", "token_invalid"),
        ("Token a.b.c", "token_invalid"),
        ("Bearer ñ", "token_invalid"),
    ],
)
def test_a_header_that_proves_nothing_is_401_and_says_how(
    authorization: str | None, code: str
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    status, problem, answered = ask({}, door=closed_door, headers=headers)
    assert (status, problem["code"]) == (401, code)
    assert answered["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"size": "5"}, ["/size"]),
        ({"size": True}, ["/size"]),
        ({"size": 5.0}, ["/size"]),
        ({"more": 1}, ["/more"]),
        ({"files": [{"a": 1}, {"b": "x"}]}, ["/files/1/b"]),
        ({"odd": {"a/b": "x", "c~d": "x"}}, ["/odd/a~1b", "/odd/c~0d"]),
        ({"size": "x", "more": 1}, ["/size", "/more"]),
        ({"size": 1e400}, ["/size"]),
        ([], [""]),
        ([{}], [""]),
        ("1", [""]),
    ],
    ids=repr,
)
def test_a_field_that_is_not_valid_is_pointed_at(body: Any, pointers: list[str]) -> None:
    text = json.dumps(body).replace("Infinity", "1e400") if not isinstance(body, str) else body
    status, problem, _ = ask(text)
    assert (status, problem["code"]) == (422, "invalid_fields")
    assert sorted(error["pointer"] for error in problem["errors"]) == sorted(pointers)
    assert all(error["message"] for error in problem["errors"])


@pytest.mark.parametrize(("levels", "status"), [(32, 422), (33, 400), (945, 400)])
def test_a_body_is_nested_32_levels_at_most(levels: int, status: int) -> None:
    assert ask('{"a":' * (levels - 1) + "{}" + "}" * (levels - 1))[0] == status


def test_a_lone_surrogate_is_no_text() -> None:
    status, problem, _ = ask('{"\\ud800": 1}')
    assert status == 422
    assert problem["errors"]


def delete(thing_id: str) -> dict[str, Any]:
    return item_door.handler(http_event("DELETE", f"/v1/things/{thing_id}"), Context())


@pytest.mark.parametrize("thing_id", ["1", "x" * 36, "019aa3c0-0000-7000-8000-00000000000", "%00"])
def test_an_id_that_can_be_none_names_nothing(thing_id: str) -> None:
    assert delete(thing_id)["statusCode"] == 404


def test_no_content_has_no_body_and_no_type() -> None:
    answer = delete("019aa3c0-0000-7000-8000-00000000000a")
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert "content-type" not in answer["headers"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, 200),
        (Problem("not_found"), 404),
        (Unavailable("s3"), 503),
        (ValueError("secret"), 500),
    ],
    ids=repr,
)
def test_every_answer_carries_the_request_id_and_is_not_stored(
    error: Exception | None, status: int
) -> None:
    raised.extend([error] if error else [])
    event = http_event("POST", "/v1/things", {"size": 1})
    answer = open_door.handler(event, Context())
    assert answer["statusCode"] == status
    assert answer["headers"]["x-request-id"] == event["requestContext"]["requestId"]
    assert answer["headers"]["cache-control"] == "no-store"


def test_a_problem_is_a_problem_document() -> None:
    status, problem, headers = raise_inside(Problem("quota_exceeded", storage_quota=5, none=None))
    assert headers["content-type"] == "application/problem+json"
    assert problem == {
        "type": "urn:fragua:quota_exceeded",
        "title": "The storage quota does not hold this.",
        "status": status,
        "detail": "The storage quota does not hold this.",
        "code": "quota_exceeded",
        "storage_quota": 5,
        "request_id": headers["x-request-id"],
    }


@pytest.mark.parametrize(
    ("error", "seconds"),
    [(Unavailable("s3"), "2"), (Problem("too_many_attempts", retry_after=7), "7")],
)
def test_a_problem_that_passes_says_when_to_come_again(error: Problem, seconds: str) -> None:
    assert raise_inside(error)[2]["retry-after"] == seconds


@pytest.mark.parametrize(
    "error",
    [
        ValueError("select secret from /opt"),
        KeyError("secret"),
        Refused("get_item", "AccessDenied", 403, {"secret": 1}),
        RecursionError("secret"),
    ],
    ids=repr,
)
def test_a_bug_shows_nothing_and_is_logged(error: Exception, lines: io.StringIO) -> None:
    status, problem, headers = raise_inside(error)
    assert status == 500
    assert problem == {
        "type": "about:blank",
        "title": "Something went wrong on our side.",
        "status": 500,
        "detail": "Something went wrong on our side.",
        "code": "internal_error",
        "request_id": headers["x-request-id"],
    }
    line = json.loads(lines.getvalue().splitlines()[-1])
    assert (line["level"], line["correlation_id"]) == ("ERROR", headers["x-request-id"])
    assert type(error).__name__ in line["exception"]


def test_a_refused_request_leaves_no_password_in_the_log(lines: io.StringIO) -> None:
    ask({"size": "correct horse", "more": "battery staple"})
    ask("correct horse", headers={"authorization": "Bearer staple"}, door=closed_door)
    written = lines.getvalue()
    assert written
    assert not any(word in written for word in ("horse", "staple", "battery"))
