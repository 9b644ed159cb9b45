"""A proxy before the AWS emulator that does what a plan of faults says."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.faults import Act, Fault, Proxy

_Reply = tuple[int, list[tuple[str, str]], bytes]
_TRANSACTION = "DynamoDB TransactWriteItems"
_SERVICES = {"AmazonSQS": "SQS", "secretsmanager": "SecretsManager"}
_WITH_KEY = {
    "GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject",
}  # fmt: skip
_WITH_UPLOAD = {
    "GET": "ListParts", "PUT": "UploadPart", "DELETE": "AbortMultipartUpload",
    "POST": "CompleteMultipartUpload",
}  # fmt: skip
# Headers of one hop, and what this proxy decides by itself.
_OWN = {"connection", "transfer-encoding", "content-length", "keep-alive", "expect", "host"}
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>m</Message></Error>'


def step(method: str, target: str, headers: Any) -> str:
    """Name the operation of a request, as the SDK calls it."""
    operation = headers.get("x-amz-target")
    if operation:
        service, _, name = operation.partition(".")
        return f"{_SERVICES.get(service, 'DynamoDB')} {name}"
    url = urlsplit(target)
    query = parse_qs(url.query, keep_blank_values=True)
    if "uploadId" in query:
        return f"S3 {_WITH_UPLOAD[method]}"
    if "uploads" in query:
        return "S3 CreateMultipartUpload"
    if "/" not in url.path.strip("/"):
        return f"S3 {method} bucket"
    return f"S3 {_WITH_KEY[method]}"


class HttpProxy(Proxy):
    """Stands before the emulator at `endpoint`; serves `http://127.0.0.1:{port}`."""

    def __init__(self, endpoint: str) -> None:
        self.upstream = urlsplit(endpoint).netloc
        # moto changes DynamoDB items without a lock; DynamoDB itself is atomic by item and
        # transaction. One request at a time makes the emulator so.
        self.atomic = threading.Lock()
        # moto does a transaction again that comes twice with the same ClientRequestToken; DynamoDB
        # answers that it was done.
        self.transactions: dict[str, _Reply] = {}
        super().__init__()

    @property
    def url(self) -> str:
        """The endpoint to give to an SDK."""
        return f"http://127.0.0.1:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        _Handler(connection, connection.getpeername(), self)  # type: ignore[arg-type] # no server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one piece.
    wbufsize = -1

    def __getattr__(self, name: str) -> Any:
        # do_GET, do_PUT and so on: one for all methods.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def handle_expect_100(self) -> bool:
        """Ask for the body at once: the SDK waits a second for that word."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _answer(self) -> None:
        proxy: Any = self.server
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        kind = step(self.command, self.path, self.headers)
        faults = proxy.faults
        fault = faults.decide(kind, self.path)
        if fault.act in (Act.ERROR, Act.ERROR_INSIDE):
            self._error(fault)
            return
        if fault.act is Act.CUT_BEFORE or (fault.act is Act.FREEZE_BEFORE and not faults.hold()):
            self.close_connection = True
            return
        status, headers, content = self._forwarded(body, kind)
        if fault.act is Act.CUT_AFTER or (fault.act is Act.FREEZE_AFTER and not faults.hold()):
            self.close_connection = True
            return
        if fault.act is Act.CUT_SHORT:
            self.close_connection = True
            self._send(status, headers, content, len(content) // 2)
            return
        self._send(status, headers, content)

    def _forwarded(self, body: bytes, kind: str) -> _Reply:
        proxy: Any = self.server
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _OWN - {"host"}}
        headers["content-length"] = str(len(body))
        upstream = http.client.HTTPConnection(proxy.upstream, timeout=30)
        lock = proxy.atomic if kind.startswith("DynamoDB") else threading.Lock()
        token = json.loads(body).get("ClientRequestToken") if kind == _TRANSACTION else None
        try:
            with lock:
                if token in proxy.transactions:
                    reply: _Reply = proxy.transactions[token]
                    return reply
                upstream.request(self.command, self.path, body, headers)
                answer = upstream.getresponse()
                reply = answer.status, answer.getheaders(), answer.read()
                if token and answer.status == 200:
                    proxy.transactions[token] = reply
            return reply
        finally:
            upstream.close()

    def _error(self, fault: Fault) -> None:
        status = 200 if fault.act is Act.ERROR_INSIDE else fault.status
        known = {403: "AccessDenied", 503: "ServiceUnavailable"}
        code = fault.code or known.get(status, "InternalError")
        if self.headers.get("x-amz-target"):
            name = fault.code or "InternalServerError"
            content = json.dumps({"__type": name, "message": "m"})
        else:
            content = _XML.format(code)
        self._send(status, [], content.encode())

    def _send(
        self, status: int, headers: list[tuple[str, str]], content: bytes, most: int | None = None
    ) -> None:
        self.send_response_only(status)
        length = str(len(content))
        for name, value in headers:
            if name.lower() not in _OWN:
                self.send_header(name, value)
            elif name.lower() == "content-length" and self.command == "HEAD":
                length = value
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[:most])
        self.wfile.flush()
