"""Presigned URLs (SigV4 in the query): expiry and signature, as S3 checks them.

Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" in the Amazon
S3 API reference.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote, unquote

from local.account import ACCESS_KEY, SECRET_KEY
from local.s3_request import S3Error, S3Request

_ALGORITHM = "AWS4-HMAC-SHA256"
_LONGEST = 604_800
_CLOCK_SKEW = dt.timedelta(minutes=15)
# S3 takes it unsigned, as it says how the payload is signed.
_MAY_BE_UNSIGNED = "x-amz-content-sha256"


@dataclass(frozen=True)
class _Signed:
    """The query's own statement about its signature."""

    date: dt.datetime
    lifetime: dt.timedelta
    scope: str
    headers: tuple[str, ...]
    signature: str


def check_authenticated(request: S3Request) -> None:
    """Refuses requests that nobody signed, and the signatures that S3 gave up."""
    if "authorization" in request.headers:
        if not request.headers["authorization"].startswith(_ALGORITHM):
            raise _unsupported()
    elif request.parameter("Signature"):
        raise _unsupported()
    elif not is_presigned(request):
        raise S3Error(403, "AccessDenied", "Access Denied")


def check_presigned(request: S3Request) -> None:
    """Refuses a presigned URL that is malformed, expired, or was signed for something else."""
    if not is_presigned(request):
        return
    signed = _parse(request)
    now = dt.datetime.now(dt.UTC)
    _check_time(signed, now)
    if not hmac.compare_digest(_signature(request, signed), signed.signature):
        raise S3Error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided."
            " Check your key and signing method.",
        )
    _check_nothing_added(request, signed)


def _check_nothing_added(request: S3Request, signed: _Signed) -> None:
    """Whoever holds a URL may not ask for more than its maker signed."""
    unsigned = sorted(
        name
        for name in request.headers
        if name.startswith("x-amz-") and name not in (*signed.headers, _MAY_BE_UNSIGNED)
    )
    if unsigned:
        raise S3Error(
            403,
            "AccessDenied",
            "There were headers present in the request which were not signed",
            HeadersNotSigned=", ".join(unsigned),
        )


def is_presigned(request: S3Request) -> bool:
    """Whether the query claims to be signed."""
    return any(name.startswith("X-Amz-") for name, _ in request.query)


def _unsupported() -> S3Error:
    return S3Error(
        400,
        "InvalidRequest",
        f"The authorization mechanism you have provided is not supported. Please use {_ALGORITHM}.",
    )


def _malformed(message: str) -> S3Error:
    return S3Error(400, "AuthorizationQueryParametersError", message)


def _parse(request: S3Request) -> _Signed:
    given = dict(request.query)
    names = ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
    missing = [name for name in names if f"X-Amz-{name}" not in given]
    if missing:
        raise _malformed(f"Query-string authentication requires X-Amz-{missing[0]}")
    if given["X-Amz-Algorithm"] != _ALGORITHM:
        raise _malformed(f'X-Amz-Algorithm only supports "{_ALGORITHM}"')
    headers = tuple(given["X-Amz-SignedHeaders"].split(";"))
    # Without its host a URL could be used against another server.
    if "host" not in headers:
        raise _malformed("X-Amz-SignedHeaders must contain host")
    return _Signed(
        date=_date(given["X-Amz-Date"]),
        lifetime=_lifetime(given["X-Amz-Expires"]),
        scope=_scope(given["X-Amz-Credential"], given["X-Amz-Date"]),
        headers=headers,
        signature=given["X-Amz-Signature"],
    )


def _scope(credential: str, date: str) -> str:
    key, _, scope = credential.partition("/")
    if key != ACCESS_KEY:
        raise S3Error(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            AWSAccessKeyId=key,
        )
    if scope.split("/")[0] != date[:8] or not scope.endswith("/s3/aws4_request"):
        raise _malformed("Invalid credential scope")
    return scope


def _date(text: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(text, "%Y%m%dT%H%M%S%z")
    except ValueError:
        raise _malformed("X-Amz-Date must be in the ISO8601 Long Format") from None


def _lifetime(text: str) -> dt.timedelta:
    if not text.isdigit():
        raise _malformed("X-Amz-Expires should be a number")
    if int(text) > _LONGEST:
        raise _malformed("X-Amz-Expires must be less than a week (in seconds)")
    return dt.timedelta(seconds=int(text))


def _check_time(signed: _Signed, now: dt.datetime) -> None:
    if signed.date - _CLOCK_SKEW > now:
        raise S3Error(403, "AccessDenied", "Request is not valid yet")
    if signed.date + signed.lifetime < now:
        raise S3Error(
            403,
            "AccessDenied",
            "Request has expired",
            Expires=(signed.date + signed.lifetime).isoformat(),
            ServerTime=now.isoformat(),
        )


def _signature(request: S3Request, signed: _Signed) -> str:
    canonical = "\n".join(
        (
            request.method,
            quote(unquote(request.path), safe="/-_.~"),
            _canonical_query(request),
            *(f"{name}:{_header(request, name)}" for name in signed.headers),
            "",
            ";".join(signed.headers),
            request.value(_MAY_BE_UNSIGNED) or "UNSIGNED-PAYLOAD",
        )
    )
    date = signed.date.strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (*signed.scope.split("/"), f"{_ALGORITHM}\n{date}\n{signed.scope}\n{digest}"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _canonical_query(request: S3Request) -> str:
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in request.query
        if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in pairs)


def _header(request: S3Request, name: str) -> str:
    """A header's canonical value; a missing one is empty, and so can't match what was signed."""
    return " ".join(request.headers.get(name, "").split())
