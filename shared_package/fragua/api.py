"""The HTTP door: who asks, is the form right, what went wrong. Each function has one route.

Who may come in is said by the table of permissions, and no route can be made that is not in it.
The checks come in the contract's order: the token, the role, the form of the body, the fields, and
only then the function itself. Before all of them stands the way that a request came.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Required, TypedDict, TypeVar, Unpack

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import BaseModel

from fragua import bodies, correlation, freshness, idempotency, origin, request, started
from fragua.accounts import keys, permissions, sessions
from fragua.errors import Invalid, Problem, pointer
from fragua.idempotency import Once
from fragua.request import (
    Address,
    Anonymous,
    BaseUrl,
    CurrentCaller,
    Cursor,
    IfMatch,
    Limit,
    Prefix,
    RawBody,
    Repeatable,
    Spelt,
    UserAgent,
    UserId,
)
from fragua.schemas import Id
from fragua.settings import settings

__all__ = [
    "Address",
    "Anonymous",
    "Api",
    "BaseUrl",
    "CurrentCaller",
    "Cursor",
    "Id",
    "IfMatch",
    "Limit",
    "Prefix",
    "RawBody",
    "Repeatable",
    "Spelt",
    "UserAgent",
    "UserId",
]

Handler = TypeVar("Handler", bound=Callable[..., Any])
Event = dict[str, Any]

log = Logger(service="fragua", use_rfc3339=True)


class Description(TypedDict, total=False):
    """What a route says of itself, for the door and for the OpenAPI document.

    `status` is its answer as a rule (200), with a JSON body unless `media_type` names another;
    `also` is what else it answers and with what; `problems` are its problem documents besides
    401, 422, 500 and 503. A body is JSON, unless the route `takes` bytes of a media type, at most
    `max_bytes`. A route that creates is `repeatable`: it honours an Idempotency-Key. One whose path
    names something by a text of people's is `spelt`: all spellings of it (Unicode's NFKC) are one.
    """

    summary: Required[str]
    tags: Required[list[str]]
    status: int
    media_type: str
    problems: tuple[int, ...]
    also: Mapping[int, type[BaseModel]]
    takes: str
    max_bytes: int
    repeatable: bool
    spelt: bool


class Api:
    """One route and its handler: `handler = api.handler` is the Lambda's entry point.

    `roles` says for each route who may use it.
    """

    def __init__(self, roles: Mapping[str, permissions.Visitors] = permissions.ROLES) -> None:
        self._table = roles
        self.roles: permissions.Visitors = frozenset()
        self.resolver = APIGatewayHttpResolver(enable_validation=True)
        self.resolver.exception_handler(Exception)(_answer_problem)
        self.said: Description = {"summary": "", "tags": []}
        self.route = ""

    def get(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve GET on a path."""
        return self._route("GET", path, said)

    def head(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve HEAD on a path."""
        return self._route("HEAD", path, said)

    def post(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve POST on a path."""
        return self._route("POST", path, said)

    def put(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve PUT on a path."""
        return self._route("PUT", path, said)

    def patch(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve PATCH on a path."""
        return self._route("PATCH", path, said)

    def delete(self, path: str, **said: Unpack[Description]) -> Callable[[Handler], Handler]:
        """Serve DELETE on a path."""
        return self._route("DELETE", path, said)

    def _route(self, method: str, path: str, said: Description) -> Callable[[Handler], Handler]:
        self.said, self.route = said, f"{method} {path}"
        self.roles = self._table[self.route]
        decorate: Callable[[Handler], Handler] = self.resolver.route(
            path,
            method=method,
            summary=said["summary"],
            tags=said["tags"],
            status_code=said.get("status", 200),
            security=[] if self.public else [{"bearer": []}],
            responses=_responses(said, public=self.public, bodiless=method == "HEAD"),
        )
        return decorate

    @property
    def public(self) -> bool:
        """Whether the route needs no token."""
        return "anonymous" in self.roles

    def handler(self, event: Event, context: Any) -> Event:
        """Answer one event of the gateway (payload 2.0); every answer carries X-Request-Id."""
        about = event["requestContext"]
        log.set_correlation_id(about["requestId"])
        correlation.begin(about["requestId"])
        log.setLevel(settings().log_level)
        freshness.begin()
        try:
            authorization = event["headers"].get("authorization")
            base_url = settings().public_url or _own_url(event)
            request.begin(origin.address(event), base_url, authorization)
            self._let_in(authorization)
            answer: Event = self.resolver.resolve(self._checked(event), context)
        except Exception as error:  # noqa: BLE001 - _problem logs it, the client sees none of it
            answer = _built(error)
        sessions.remember()
        started()
        return _finished(answer, about["requestId"])

    def _let_in(self, authorization: str | None) -> None:
        """Find out who asks, where that matters, and turn away who may not."""
        if self.public:
            freshness.begin_unasked(request.is_anonymous)
            return
        caller = sessions.authenticate(authorization)
        permissions.require(caller.account.role, self.roles)
        request.add(caller=caller)

    def _checked(self, event: Event) -> Event:
        """Check the form of the body and of the headers that the door itself reads."""
        if event["rawPath"].endswith("\n"):
            # The end of a pattern matches before it, too, and it would be taken for another path.
            raise Problem("not_found")
        if self.said.get("spelt"):
            event = {**event, "rawPath": request.spelt(event["rawPath"])}
        if "takes" in self.said:
            raw = bodies.octets(event, self.said["takes"], self.said["max_bytes"])
            request.add(raw=raw)
            return bodies.without(event)
        checked = bodies.with_json(event)
        if self.said.get("repeatable"):
            request.add(once=_once_of(checked))
        return checked


def _own_url(event: Event) -> str:
    """Return the address that the gateway itself has; the client's own words are not asked."""
    scheme = event["headers"].get("x-forwarded-proto", "https")
    return f"{scheme}://{event['requestContext']['domainName']}"


def _responses(said: Description, *, public: bool, bodiless: bool) -> dict[int, Any]:
    """Describe all answers of a route for the OpenAPI document."""
    problems = {*said.get("problems", ()), 422, 500, 503}
    if not public:
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
    if bodiless:
        return {answer: {**words, "content": {}} for answer, words in document.items()}
    for other, model in said.get("also", {}).items():
        body = {"application/json": {"model": model}}
        document[other] = {"description": HTTPStatus(other).phrase, "content": body}
    return document


def _once_of(event: Event) -> Once | None:
    """Read the Idempotency-Key of a request; bodies are the same when their JSON is."""
    key = event["headers"].get(idempotency.HEADER)
    if key is None:
        return None
    body = json.dumps(json.loads(event["body"]), sort_keys=True)
    text = f"{event['requestContext']['http']['method']} {event['rawPath']}\n{body}"
    return Once.of(key, text, _secret)


def _secret(kid: str | None) -> tuple[str, bytes] | None:
    key = keys.current() if kid is None else keys.find(kid)
    return (key.kid, key.secret) if key else None


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
