"""The HTTP door: who asks, is the form right, what went wrong. Each function has one route.

A route is closed unless it says `public=True`. The checks come in the contract's order: the token,
the form of the body, the fields, and only then the function itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import Annotated, Any, Required, TypedDict, TypeVar, Unpack
from uuid import UUID

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Depends
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from fragua.accounts import sessions
from fragua.accounts.sessions import Caller
from fragua.errors import Invalid, Problem, pointer
from fragua.settings import settings

__all__ = ["Address", "Api", "Caller", "CurrentCaller", "Cursor", "Limit", "UserId"]

Handler = TypeVar("Handler", bound=Callable[..., Any])
Event = dict[str, Any]

# JSON bodies are short; files do not come this way.
MAX_BODY = 1024 * 1024
MAX_DEPTH = 32

log = Logger(service="fragua")

_caller: ContextVar[Caller] = ContextVar("caller")
_address: ContextVar[str] = ContextVar("address")


def _current_caller() -> Caller:
    return _caller.get()


def _current_user_id() -> UUID:
    return _caller.get().account.user_id


def _current_address() -> str:
    return _address.get()


CurrentCaller = Annotated[Caller, Depends(_current_caller)]
UserId = Annotated[UUID, Depends(_current_user_id)]
# The address that the gateway saw; a header of the client's is not believed.
Address = Annotated[str, Depends(_current_address)]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next_cursor` of the page before.")
]


class Description(TypedDict, total=False):
    """What a route says of itself, for the door and for the OpenAPI document.

    `status` is its answer as a rule (200), with a JSON body unless `media_type` names another;
    `also` is what else it answers and with what; `problems` are its problem documents besides
    401, 422, 500 and 503. Only `public` ones answer without a token.
    """

    summary: Required[str]
    tags: Required[list[str]]
    status: int
    media_type: str
    public: bool
    problems: tuple[int, ...]
    also: Mapping[int, type[BaseModel]]


class Api:
    """One route and its handler: `handler = api.handler` is the Lambda's entry point."""

    def __init__(self) -> None:
        self.resolver = APIGatewayHttpResolver(enable_validation=True)
        self.resolver.exception_handler(Exception)(_answer_problem)
        self._public = False

    def get(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve GET on a path."""
        return self._route("GET", path, said)

    def post(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve POST on a path."""
        return self._route("POST", path, said)

    def patch(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve PATCH on a path."""
        return self._route("PATCH", path, said)

    def delete(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve DELETE on a path."""
        return self._route("DELETE", path, said)

    def _route(self, method: str, path: str, said: Description) -> Callable[[Handler], Handler]:
        self._public = said.get("public", False)
        decorate: Callable[[Handler], Handler] = self.resolver.route(
            path,
            method=method,
            summary=said["summary"],
            tags=said["tags"],
            status_code=said.get("status", 200),
            security=[] if self._public else [{"bearer": []}],
            responses=_responses(said),
        )
        return decorate

    def handler(self, event: Event, context: Any) -> Event:
        """Answer one event of the gateway (payload 2.0); every answer carries X-Request-Id."""
        request = event["requestContext"]
        log.set_correlation_id(request["requestId"])
        log.setLevel(settings().log_level)
        _address.set(request["http"]["sourceIp"])
        try:
            if not self._public:
                _caller.set(sessions.authenticate(event["headers"].get("authorization")))
            answer: Event = self.resolver.resolve(_with_json_body(event), context)
        except Exception as error:  # noqa: BLE001 - _problem logs it, the client sees none of it
            answer = _built(error)
        return _finished(answer, request["requestId"])


def _responses(said: Description) -> dict[int, Any]:
    """Describe all answers of a route for the OpenAPI document."""
    problems = {*said.get("problems", ()), 422, 500, 503}
    if not said.get("public"):
        problems.add(401)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    document: dict[int, Any] = {
        problem: {"description": HTTPStatus(problem).phrase, "content": content}
        for problem in problems
    }
    status = said.get("status", 200)
    document[status] = {"description": HTTPStatus(status).phrase}
    if status in (204, 302):
        # Neither has a body, whatever the function returns.
        document[status]["content"] = {}
    elif "media_type" in said:
        document[status]["content"] = {said["media_type"]: {"schema": {"type": "string"}}}
    for other, model in said.get("also", {}).items():
        body = {"application/json": {"model": model}}
        document[other] = {"description": HTTPStatus(other).phrase, "content": body}
    return document


def _with_json_body(event: Event) -> Event:
    """Check the form of a body and put it back as plain text; `Problem` 400, 413 or 415."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        raw = base64.b64decode(body)
    else:
        raw = body.encode("utf-8", "surrogatepass")
    headers = {**event["headers"]}
    declared = headers.pop("content-type", "application/json")
    if not raw:
        # The gateway gives an empty POST a content type of its own.
        return {**event, "headers": headers, "body": "null", "isBase64Encoded": False}
    if len(raw) > MAX_BODY:
        raise Problem("body_too_large", f"A body has at most {MAX_BODY} bytes.")
    media_type = declared.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise Problem("unsupported_media_type")
    text = json.dumps(_parsed(raw))
    return {**event, "headers": headers, "body": text, "isBase64Encoded": False}


def _parsed(raw: bytes) -> Any:
    try:
        value = json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed_body") from error
    # Powertools would look for the object inside of a list.
    if not isinstance(value, dict):
        raise Invalid(("", "must be an object"))
    if _deeper_than(MAX_DEPTH, value):
        raise Problem("malformed_body", f"A body is nested at most {MAX_DEPTH} levels deep.")
    return value


def _deeper_than(limit: int, value: Any) -> bool:
    """Tell whether lists and objects nest deeper: whoever parses it again has less stack left."""
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return any(isinstance(node, dict | list) for node in level)


def _no_constant(name: str) -> None:
    # NaN and Infinity are Python's, not JSON's.
    raise ValueError(f"{name} is not JSON")


def _answer_problem(error: Exception) -> Any:
    # Powertools asks for a response, but the door builds all problem documents in one place. It
    # would answer its own NotFoundError (an id that no URL of its making has) by itself.
    raise Problem("not_found") if isinstance(error, NotFoundError) else error


def _built(error: Exception) -> Event:
    problem = _problem(error)
    headers = {"content-type": "application/problem+json"}
    if problem.retry_after is not None:
        headers["retry-after"] = str(problem.retry_after)
    if problem.status == 401:
        headers["www-authenticate"] = 'Bearer realm="fragua"'
    document = {
        "type": "about:blank" if problem.status == 500 else f"urn:fragua:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        **{name: value for name, value in problem.members.items() if value is not None},
    }
    return {"statusCode": problem.status, "headers": headers, "body": document}


def _problem(error: Exception) -> Problem:
    """Turn whatever was raised into what the client may see of it."""
    if isinstance(error, Problem):
        log.info("problem", extra={"code": error.code, "status": error.status})
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    # The traceback is for the log alone.
    log.error("unexpected error", exc_info=error)
    return Problem("internal_error")


def _invalid(error: RequestValidationError) -> Problem:
    faults = [e for e in error.errors() if e["loc"][0] != "path"]
    if not faults:
        # An id that can't be one names nothing.
        return Problem("not_found")
    return Invalid(*((pointer(*e["loc"][1:]), e["msg"]) for e in faults))


def _finished(answer: Event, request_id: str) -> Event:
    headers = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **{name.lower(): value for name, value in answer.get("headers", {}).items()},
        "x-request-id": request_id,
    }
    body = answer.get("body")
    if isinstance(body, dict):
        body = json.dumps({**body, "request_id": request_id})
    if answer["statusCode"] == 204:
        headers.pop("content-type", None)
        body = ""
    return {**answer, "headers": headers, "body": body}
