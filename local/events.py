"""An HTTP request as Lambda's event (payload format 2.0), and a function's answer as a response.

The peculiarities are the gateway's own, among them: header names in lower case, duplicates joined
by commas, a path that is decoded already, base64 for everything that isn't plainly text.
"""

import base64
import binascii
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from local.account import ACCOUNT_ID
from local.routes import Match

# Only these arrive as text; forms, problem+json and requests without a type come as base64.
_TEXT_TYPES = {"application/json", "application/xml", "application/javascript"}
_WITH_BODY = {"POST", "PUT", "PATCH"}
_DEFAULT_TYPE = "text/plain; charset=utf-8"
# A name of RFC 9110's token characters, and a value of one line that latin-1 can encode.
_HEADER = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*")
# The gateway writes these itself.
_NOT_FROM_FUNCTIONS = {"connection", "content-length", "date", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True)
class HttpRequest:
    """What the gateway read from the wire: `path` decoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    source_ip: str
    protocol: str = "HTTP/1.1"
    request_id: str = field(default_factory=lambda: secrets.token_urlsafe(11) + "=")

    def header(self, name: str) -> str | None:
        """The values of one header joined by commas, or None without it."""
        values = [value for key, value in self.headers if key == name]
        return ",".join(values) if values else None


@dataclass(frozen=True)
class HttpAnswer:
    """What goes back over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class MalformedAnswer(Exception):
    """The function's answer isn't in the gateway's format."""


def to_event(request: HttpRequest, match: Match, stage: str = "$default") -> dict[str, Any]:
    """The event of `request` for the function behind the matched route."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": _headers(request),
        "requestContext": _context(request, match, stage),
        "isBase64Encoded": False,
    }
    cookies = request.header("cookie")
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if request.query:
        event["queryStringParameters"] = _joined(parse_qsl(request.query, keep_blank_values=True))
    if match.parameters:
        event["pathParameters"] = match.parameters
    if request.body:
        text = _text(request)
        event["isBase64Encoded"] = text is None
        event["body"] = base64.b64encode(request.body).decode() if text is None else text
    return event


def _headers(request: HttpRequest) -> dict[str, str]:
    headers = _joined([pair for pair in request.headers if pair[0] != "cookie"])
    headers.setdefault("content-length", str(len(request.body)))
    # The gateway's own addition; functions must not take it for the caller's word.
    if request.method in _WITH_BODY and not request.body:
        headers.setdefault("content-type", _DEFAULT_TYPE)
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = ", ".join(filter(None, (forwarded, request.source_ip)))
    headers["x-forwarded-proto"] = "http"
    headers["x-forwarded-port"] = headers.get("host", "").rpartition(":")[2] or "80"
    headers["x-amzn-trace-id"] = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return headers


def _context(request: HttpRequest, match: Match, stage: str) -> dict[str, Any]:
    now = time.time()
    domain = request.header("host") or "localhost"
    return {
        "accountId": ACCOUNT_ID,
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent") or "",
        },
        "requestId": request.request_id,
        "routeKey": match.route.key,
        "stage": stage,
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _text(request: HttpRequest) -> str | None:
    """The body as text, or None where it travels as base64."""
    kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if kind not in _TEXT_TYPES and not kind.startswith("text/"):
        return None
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        return None


def to_answer(result: Any) -> HttpAnswer:
    """The response that `result` describes. Raises MalformedAnswer where it describes none."""
    if not isinstance(result, dict) or "statusCode" not in result:
        # Format 2.0 takes an answer without statusCode for the body itself.
        body = result if isinstance(result, str) else json.dumps(result)
        return HttpAnswer(200, [("content-type", "application/json")], body.encode())
    headers = _answer_headers(result)
    return HttpAnswer(_status(result["statusCode"]), headers, _answer_body(result))


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError):
        raise MalformedAnswer(f"statusCode is {value!r}") from None
    if not 100 <= status <= 599:
        raise MalformedAnswer(f"statusCode is {value!r}")
    return status


def _answer_headers(result: dict[str, Any]) -> list[tuple[str, str]]:
    given, cookies = _field(result, "headers", dict), _field(result, "cookies", list)
    lowered = {str(name).lower(): value for name, value in given.items()}
    # An answer without a body has no type either, as a 204 must not.
    if result.get("body"):
        lowered.setdefault("content-type", _DEFAULT_TYPE)
    pairs = [(name, lowered[name]) for name in lowered if name not in _NOT_FROM_FUNCTIONS]
    pairs += [("set-cookie", cookie) for cookie in cookies]
    return [(name, _header_text(name, value)) for name, value in pairs]


def _field(result: dict[str, Any], name: str, kind: type) -> Any:
    value = result.get(name) or kind()
    if not isinstance(value, kind):
        raise MalformedAnswer(f"{name} is {type(value).__name__}")
    return value


def _header_text(name: str, value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, (str, int, float)) or not _HEADER.fullmatch(f"{name}:{text}"):
        raise MalformedAnswer(f"header {name!r} has no value that HTTP can carry")
    return text


def _answer_body(result: dict[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedAnswer(f"body is {type(body).__name__}, not text")
    if not result.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        raise MalformedAnswer("body is no base64") from None
