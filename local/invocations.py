"""Lambda's own Invoke operation, so that `aws lambda invoke --endpoint-url` works here, too."""

import json
import re
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from local.events import HttpAnswer, HttpRequest
from local.plan import Function
from local.pool import HandlerRaised, InvocationError

Invoke = Callable[[Function, dict[str, Any], float], Awaitable[Any]]

_PATH = re.compile(r"/2015-03-31/functions/(?P<name>[^/]+)/invocations")
_JSON = ("content-type", "application/json")


def asked_for(request: HttpRequest) -> str | None:
    """The function that a request invokes: by its logical id or its name, or none."""
    match = _PATH.fullmatch(request.path)
    return match["name"] if match and request.method == "POST" else None


async def answer(
    request: HttpRequest, name: str, functions: dict[str, Function], invoke: Invoke
) -> HttpAnswer:
    """What the function returns, or what became of it."""
    # A web page can't send this header here without asking first, and the answer is no.
    if not dict(request.headers).get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
        return _said(403, {"message": "Missing Authentication Token"})
    found = [one for one in functions.values() if name in (one.id, one.name)]
    if not found:
        return _said(404, {"Type": "User", "Message": f"Function not found: {name}"})
    try:
        event = json.loads(request.body or b"{}")
    except ValueError:
        return _said(400, {"Type": "User", "Message": "The payload is not JSON"})
    try:
        return _said(200, await invoke(found[0], event, found[0].timeout))
    except InvocationError as error:
        print(error, file=sys.stderr)
        # What the handler raised is its caller's to know; the other ends have no words.
        kind = "Unhandled" if isinstance(error, HandlerRaised) else type(error).__name__
        return _said(200, {"errorMessage": str(error)}, ("x-amz-function-error", kind))


def _said(status: int, body: Any, *headers: tuple[str, str]) -> HttpAnswer:
    return HttpAnswer(status, [_JSON, *headers], json.dumps(body).encode())
