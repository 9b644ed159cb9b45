"""A bucket's CORS rules, where moto doesn't look: methods of preflights, and refusals."""

from fnmatch import fnmatchcase
from typing import Any

from local.s3_request import S3Error, S3Request
from local.s3_uploads import bucket


def check_preflight(request: S3Request) -> None:
    """Refuses a preflight that no rule of the bucket allows."""
    method = request.headers.get("access-control-request-method", "")
    if _rule(request, method) is None:
        raise S3Error(
            403,
            "AccessForbidden",
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution"
            " of Origin, request method / Access-Control-Request-Method or"
            " Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
        )


def headers(request: S3Request) -> list[tuple[str, str]]:
    """The headers with which a browser lets its page read an answer, refusals included."""
    rule = _rule(request, request.method)
    if rule is None:
        return []
    given = [
        ("Access-Control-Allow-Origin", request.headers["origin"]),
        ("Access-Control-Allow-Methods", ", ".join(_list(rule.allowed_methods))),
        ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
    ]
    exposed = _list(rule.exposed_headers)
    return given + ([("Access-Control-Expose-Headers", ", ".join(exposed))] if exposed else [])


def _rule(request: S3Request, method: str) -> Any:
    """The first rule for the request's origin and `method`, or None."""
    origin = request.headers.get("origin")
    found = bucket(request.bucket)
    for rule in found.cors if found and origin else ():
        origins = _list(rule.allowed_origins)
        if method in _list(rule.allowed_methods) and any(
            fnmatchcase(str(origin), allowed) for allowed in origins
        ):
            return rule
    return None


def _list(value: Any) -> list[str]:
    """A list, also where moto keeps a single entry as text."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
