"""Lambda's own Invoke operation, so that `aws lambda invoke --endpoint-url` works here, too."""

import json
import re
import sys
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from local.events import HttpAnswer, HttpRequest
from local.plan import Function
from local.pool import HandlerRaised, InvocationError

Invoke = Callable[[Function, dict[str, Any], float], Awaitable[Any]]

_PATH = re.compile(r"/2015-03-31/functions/(?P<name>[^/]+)/invocations")
_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
_JSON = ("content-type", "application/json")


def asked_for(request: HttpRequest) -> str | None:
    """The function that a request is about, by its logical id or its name, or none."""
    match = _PATH.fullmatch(request.path)
    return match["name"] if match else None


async def answer(
    request: HttpRequest, name: str, functions: dict[str, Function], invoke: Invoke
) -> HttpAnswer:
    """What the function returns, or what became of it."""
    headers = dict(request.headers)
    if not _from_here(request, headers):
        return _said(403, {"message": "Missing Authentication Token"})
    found = [one for one in functions.values() if name in (one.id, one.name)]
    if not found:
        return _said(404, {"Type": "User", "Message": f"Function not found: {name}"})
    try:
        event = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        return _said(400, {"Type": "User", "Message": "The payload is not JSON"})
    kind = headers.get("x-amz-invocation-type", "RequestResponse")
    if kind == "DryRun":
        return HttpAnswer(204, [], b"")
    said = await _invoked(found[0], event, invoke)
    return HttpAnswer(202, [], b"") if kind == "Event" else said


def _from_here(request: HttpRequest, headers: dict[str, str]) -> bool:
    """Whether a program of this machine asks, and no web page through its browser.

    A page's requests have an Origin, and those of a name that is made to lead here have that name.
    Whoever may invoke functions makes superadmins.
    """
    signed = headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 ")
    page = "origin" in headers or not _HERE.fullmatch(headers.get("host", ""))
    here = ip_address(request.source_ip).is_loopback
    return request.method == "POST" and here and signed and not page


async def _invoked(function: Function, event: dict[str, Any], invoke: Invoke) -> HttpAnswer:
    try:
        return _said(200, await invoke(function, event, function.timeout))
    except InvocationError as error:
        print(error, file=sys.stderr)
        # What the handler raised is its caller's to know; the other ends have no words.
        kind = "Unhandled" if isinstance(error, HandlerRaised) else type(error).__name__
        return _said(200, {"errorMessage": str(error)}, ("x-amz-function-error", kind))


def _said(status: int, body: Any, *headers: tuple[str, str]) -> HttpAnswer:
    return HttpAnswer(status, [_JSON, *headers], json.dumps(body).encode())
