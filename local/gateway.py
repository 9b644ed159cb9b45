"""The HTTP API in front of the functions, as an ASGI application."""

import json
import sys
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local import invocations
from local.cors import is_preflight, preflight_headers, with_cors
from local.events import HttpAnswer, HttpRequest, MalformedAnswer, to_answer, to_event
from local.invocations import Invoke
from local.plan import GATEWAY_TIMEOUT, Plan
from local.pool import InvocationError, TimedOut
from local.routes import Router

# API Gateway's and Lambda's quotas, in bytes.
_HEADERS_LIMIT = 10_240
_BODY_LIMIT = 10 * 1024 * 1024
_INVOKE_LIMIT = 6 * 1024 * 1024


class Refused(Exception):
    """The gateway answers by itself: `status` and API Gateway's words for it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Gateway:
    """Answers requests with the functions of `plan`, called through `invoke`."""

    def __init__(self, plan: Plan, invoke: Invoke) -> None:
        self._plan = plan
        self._invoke = invoke
        self._router = Router(plan.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entrance; everything but HTTP is refused by the server already."""
        if scope["type"] != "http":
            return
        try:
            request = await _read(Request(scope, receive))
        except ClientDisconnect:
            return
        except Refused as refusal:
            await _respond(_own_answer(refusal), scope, receive, send)
            return
        if name := invocations.asked_for(request):
            invoked = invocations.answer(request, name, self._plan.functions, self._invoke)
            await _respond(await invoked, scope, receive, send)
            return
        answer = await self._answer(request)
        headers = [*answer.headers, ("apigw-requestid", request.request_id)]
        await _respond(HttpAnswer(answer.status, headers, answer.body), scope, receive, send)

    async def _answer(self, request: HttpRequest) -> HttpAnswer:
        if is_preflight(request, self._plan.cors):
            return HttpAnswer(204, preflight_headers(request, self._plan.cors), b"")
        try:
            answer = await self._from_function(request)
        except Refused as refusal:
            answer = _own_answer(refusal)
        headers = with_cors(answer.headers, request, self._plan.cors)
        return HttpAnswer(answer.status, headers, answer.body)

    async def _from_function(self, request: HttpRequest) -> HttpAnswer:
        match = self._router.find(request.method, request.path)
        if match is None:
            raise Refused(404, "Not Found")
        event = to_event(request, match)
        if len(json.dumps(event)) > _INVOKE_LIMIT:
            raise Refused(413, "Request Too Long")
        function = self._plan.functions[match.route.function]
        timeout = min(function.timeout, GATEWAY_TIMEOUT)
        try:
            return _checked(to_answer(await self._invoke(function, event, timeout)))
        except TimedOut as error:
            print(error, file=sys.stderr)
            raise Refused(503, "Service Unavailable") from None
        except (InvocationError, MalformedAnswer) as error:
            print(error, file=sys.stderr)
            raise Refused(500, "Internal Server Error") from None


def _checked(answer: HttpAnswer) -> HttpAnswer:
    """Lambda's answers are limited like its events."""
    if len(answer.body) > _INVOKE_LIMIT:
        raise MalformedAnswer("the answer is over Lambda's 6 MB")
    return answer


async def _read(request: Request) -> HttpRequest:
    headers = [
        (name.decode().lower(), value.decode("latin-1")) for name, value in request.headers.raw
    ]
    # Starlette's own path is decoded once more than the gateway's.
    raw_path = request.scope.get("raw_path") or request.url.path.encode()
    query = request.scope["query_string"].decode("latin-1")
    line = len(request.method) + len(raw_path) + len(query) + len("  HTTP/1.1\r\n")
    if line + sum(len(name) + len(value) + 4 for name, value in headers) > _HEADERS_LIMIT:
        raise Refused(431, "Request Header Fields Too Large")
    return HttpRequest(
        method=request.method,
        path=unquote(raw_path.decode("latin-1").partition("?")[0]),
        query=query,
        headers=headers,
        body=await _body(request),
        source_ip=request.client.host if request.client else "127.0.0.1",
    )


async def _body(request: Request) -> bytes:
    # Refused before it is read, so that a client on a slow line needn't send it all.
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > _BODY_LIMIT:
        raise Refused(413, "Request Entity Too Large")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_LIMIT:
            raise Refused(413, "Request Entity Too Large")
    return bytes(body)


def _own_answer(refusal: Refused) -> HttpAnswer:
    body = json.dumps({"message": refusal.message}, separators=(",", ":")).encode()
    return HttpAnswer(refusal.status, [("content-type", "application/json")], body)


async def _respond(answer: HttpAnswer, scope: Scope, receive: Receive, send: Send) -> None:
    response = Response(answer.body, status_code=answer.status)
    for name, value in answer.headers:
        response.headers.append(name, value)
    await response(scope, receive, send)
