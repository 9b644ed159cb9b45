"""An S3 request as the rules see it, read from WSGI."""

import io
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, unquote

Environ = dict[str, Any]


class S3Error(Exception):
    """S3 refuses; `code` and `message` are S3's own words, `details` further elements."""

    def __init__(self, status: int, code: str, message: str, **details: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.details = details


class Operation(Enum):
    """The operations that rules speak of."""

    PUT_OBJECT = "PutObject"
    CREATE_UPLOAD = "CreateMultipartUpload"
    UPLOAD_PART = "UploadPart"
    UPLOAD_PART_COPY = "UploadPartCopy"
    COMPLETE_UPLOAD = "CompleteMultipartUpload"
    ABORT_UPLOAD = "AbortMultipartUpload"
    LIST_PARTS = "ListParts"
    HEAD_OBJECT = "HeadObject"
    PREFLIGHT = "a browser's preflight"
    OTHER = "anything else"


# Method, query parameter, whether it names a copy's source (None: either way). The first row that
# fits decides, so a PUT of an object's sub-resource isn't taken for a PUT of the object.
_OPERATIONS: tuple[tuple[str, str | None, bool | None, Operation], ...] = (
    ("PUT", "uploadId", True, Operation.UPLOAD_PART_COPY),
    ("PUT", "uploadId", False, Operation.UPLOAD_PART),
    ("POST", "uploadId", None, Operation.COMPLETE_UPLOAD),
    ("DELETE", "uploadId", None, Operation.ABORT_UPLOAD),
    ("GET", "uploadId", None, Operation.LIST_PARTS),
    ("POST", "uploads", None, Operation.CREATE_UPLOAD),
    ("PUT", "acl", None, Operation.OTHER),
    ("PUT", "tagging", None, Operation.OTHER),
    ("PUT", "retention", None, Operation.OTHER),
    ("PUT", "legal-hold", None, Operation.OTHER),
    ("PUT", None, False, Operation.PUT_OBJECT),
    ("HEAD", None, None, Operation.HEAD_OBJECT),
)


@dataclass(frozen=True)
class S3Request:
    """One request: `path` as sent, `query` decoded, header names in lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes

    @property
    def bucket(self) -> str:
        """The bucket's name; addresses by number are always in path style."""
        return unquote(self.path).lstrip("/").partition("/")[0]

    @property
    def key(self) -> str:
        """The object's key, empty for requests to a bucket."""
        return unquote(self.path.lstrip("/").partition("/")[2])

    def parameter(self, name: str) -> str | None:
        """The value of a query parameter, or None."""
        return dict(self.query).get(name)

    def value(self, header: str) -> str | None:
        """A header's value; a presigned URL may carry it as a query parameter instead."""
        if header in self.headers:
            return self.headers[header]
        return {name.lower(): value for name, value in self.query}.get(header)

    @property
    def operation(self) -> Operation:
        """What the request asks for."""
        if self.method == "OPTIONS":
            return Operation.PREFLIGHT
        fitting = (row[-1] for row in _OPERATIONS if self.key and self._fits(*row[:-1]))
        return next(fitting, Operation.OTHER)

    def _fits(self, method: str, parameter: str | None, copies: bool | None) -> bool:
        return (
            method == self.method
            and (parameter is None or self.parameter(parameter) is not None)
            and copies in {None, "x-amz-copy-source" in self.headers}
        )


def is_s3(environ: Environ) -> bool:
    """Whether the request is for S3: by the scope of its signature, or because it has none."""
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization:
        return "/s3/aws4_request" in authorization or authorization.startswith("AWS ")
    own = environ.get("PATH_INFO", "").startswith("/moto-api")
    return not own and "HTTP_X_AMZ_TARGET" not in environ


def read(environ: Environ) -> S3Request:
    """Reads the request, leaving `environ` readable again. Raises S3Error for half a body."""
    path, _, query = environ["RAW_URI"].partition("?")
    body = _read_body(environ)
    environ["wsgi.input"] = io.BytesIO(body)
    return S3Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers=_headers(environ),
        body=body,
    )


def _headers(environ: Environ) -> dict[str, str]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return headers


def _read_body(environ: Environ) -> bytes:
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise S3Error(
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
            Header="Transfer-Encoding",
        )
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) < length:
        raise S3Error(
            400,
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        )
    return body
