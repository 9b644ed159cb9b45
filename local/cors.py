"""CORS as an HTTP API does it: preflights end here, functions' own CORS headers are replaced."""

import re

from local.events import HttpRequest
from local.plan import Cors

_PREFIX = "access-control-"


def is_preflight(request: HttpRequest, cors: Cors) -> bool:
    """Whether the gateway answers `request` itself; a plain OPTIONS goes to its route."""
    return bool(
        cors.origins
        and request.method == "OPTIONS"
        and request.header("origin")
        and request.header("access-control-request-method")
    )


def preflight_headers(request: HttpRequest, cors: Cors) -> list[tuple[str, str]]:
    """The answer's headers; none where the origin isn't allowed, so that the browser refuses."""
    origin = _allowed_origin(request, cors)
    if not origin:
        return []
    headers = _origin_headers(origin, cors)
    if cors.methods:
        headers.append((f"{_PREFIX}allow-methods", ",".join(cors.methods)))
    if cors.headers:
        headers.append((f"{_PREFIX}allow-headers", ",".join(cors.headers)))
    if cors.max_age is not None:
        headers.append((f"{_PREFIX}max-age", str(cors.max_age)))
    return headers


def with_cors(
    headers: list[tuple[str, str]], request: HttpRequest, cors: Cors
) -> list[tuple[str, str]]:
    """`headers` of an answer with the gateway's CORS headers in place of the function's."""
    if not cors.origins:
        return headers
    kept = [pair for pair in headers if not pair[0].startswith(_PREFIX)]
    origin = _allowed_origin(request, cors)
    if not origin:
        return kept
    exposed = [(f"{_PREFIX}expose-headers", ",".join(cors.exposed))] if cors.exposed else []
    return kept + _origin_headers(origin, cors) + exposed


def _origin_headers(origin: str, cors: Cors) -> list[tuple[str, str]]:
    headers = [(f"{_PREFIX}allow-origin", origin)]
    if origin != "*":
        headers.append(("vary", "origin"))
    if cors.credentials:
        headers.append((f"{_PREFIX}allow-credentials", "true"))
    return headers


def _allowed_origin(request: HttpRequest, cors: Cors) -> str | None:
    origin = request.header("origin")
    if origin is None:
        return None
    if "*" in cors.origins and not cors.credentials:
        return "*"
    return origin if any(_matches(origin, allowed) for allowed in cors.origins) else None


def _matches(origin: str, allowed: str) -> bool:
    """`https://*` allows every origin with that beginning."""
    return re.fullmatch(re.escape(allowed).replace(r"\*", ".*"), origin, re.IGNORECASE) is not None
