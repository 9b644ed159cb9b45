"""The door in front of moto: the rules first, then moto, then what moto leaves out of answers."""

import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from local import s3_cors
from local.s3_checksums import declared
from local.s3_request import Environ, Operation, S3Error, S3Request, is_s3, read
from local.s3_rules import RULES
from local.s3_uploads import stored_object, upload

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_REASONS = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 501: "Not Implemented"}
_STORES = {Operation.PUT_OBJECT, Operation.UPLOAD_PART}
_FORM = "application/x-www-form-urlencoded"
_DEFAULT_ALGORITHM = "CRC64NVME"


class S3Gate:
    """A WSGI application; requests for other services pass untouched."""

    def __init__(self, application: Application) -> None:
        self._application = application
        # Between a rule's look at an upload and what moto does with it nothing may change.
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        if not is_s3(environ):
            return self._application(environ, start_response)
        try:
            request = read(environ)
        except S3Error as error:
            return _refuse(error, None, start_response)
        with self._lock if request.parameter("uploadId") else nullcontext():
            return self._answer(request, environ, start_response)

    def _answer(
        self, request: S3Request, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            for rule in RULES[request.operation]:
                rule(request)
        except S3Error as error:
            return _refuse(error, request, start_response)
        finish = _prepare(request, environ)
        answer = self._application(environ, _with_type(request, start_response))
        finish()
        return answer


def _prepare(request: S3Request, environ: Environ) -> Callable[[], None]:
    """Makes moto keep what S3 keeps; answers what is left to do once moto is done."""
    if request.operation in _STORES:
        given = declared(request)
        if given:
            environ["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"] = given.algorithm.upper()
        elif request.operation is Operation.PUT_OBJECT:
            environ["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"] = _DEFAULT_ALGORITHM
        # moto would parse a form instead of storing it.
        if environ.get("CONTENT_TYPE", "").startswith(_FORM):
            environ["CONTENT_TYPE"] = "binary/octet-stream"
    # Asked now, as the upload is gone once it is completed.
    if request.operation is Operation.COMPLETE_UPLOAD and upload(request).algorithm is None:
        return lambda: _name_algorithm(request)
    return lambda: None


def _name_algorithm(request: S3Request) -> None:
    """Tells the default checksum of such an object, which moto computes but hides."""
    made = stored_object(request)
    if made and made.multipart and made.multipart.id == request.parameter("uploadId"):
        made.checksum_algorithm = _DEFAULT_ALGORITHM


def _with_type(request: S3Request, start_response: StartResponse) -> StartResponse:
    """Adds to HEAD the checksum's type, and to a composite checksum the number of parts."""
    if request.operation is not Operation.HEAD_OBJECT:
        return start_response

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        found = stored_object(request)
        asked = request.headers.get("x-amz-checksum-mode") == "ENABLED"
        if found and asked and found.checksum_algorithm:
            kind = found.checksum_type or "FULL_OBJECT"
            name = f"x-amz-checksum-{found.checksum_algorithm.lower()}"
            count = f"-{found.checksum_parts}" if kind == "COMPOSITE" else ""
            replaced = (name, "x-amz-checksum-type")
            headers = [pair for pair in headers if pair[0].lower() not in replaced]
            headers += [(name, f"{found.checksum_value}{count}"), ("x-amz-checksum-type", kind)]
        return start_response(status, headers, *rest)

    return start


def _refuse(
    error: S3Error, request: S3Request | None, start_response: StartResponse
) -> Iterable[bytes]:
    elements = {
        "Code": error.code,
        "Message": error.message,
        **error.details,
        "RequestId": uuid4().hex[:16].upper(),
        "HostId": "local",
    }
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()
    headers = [
        ("Content-Type", "application/xml"),
        ("Content-Length", str(len(body))),
        ("x-amz-request-id", elements["RequestId"]),
        *(s3_cors.headers(request) if request else ()),
    ]
    start_response(f"{error.status} {_REASONS[error.status]}", headers)
    return [] if request and request.method == "HEAD" else [body]
