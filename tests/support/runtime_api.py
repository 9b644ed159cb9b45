"""Lambda's Runtime API on loopback, for one invocation by the real awslambdaric.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.events import ACCOUNT

REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"


class RuntimeApi(ThreadingHTTPServer):
    """Hands out one event and keeps what comes back for it."""

    daemon_threads = True

    def __init__(self, event: dict[str, Any], seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.event = event
        self.deadline = time.time() + seconds
        self.answer: Any = None
        # What awslambdaric reports of a handler that can't be imported, or that raises.
        self.error: Any = None

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        """Answer /invocation/next."""
        headers = {
            "Lambda-Runtime-Aws-Request-Id": REQUEST_ID,
            "Lambda-Runtime-Deadline-Ms": str(int(self.server.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f",
            "Content-Type": "application/json",
        }
        self._reply(200, json.dumps(self.server.event).encode(), headers)

    def do_POST(self) -> None:
        """Keep a response or an error."""
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith(f"/invocation/{REQUEST_ID}/response"):
            self.server.answer = said
        else:
            self.server.error = said
        self._reply(202, b"{}")

    def _reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def runtime_api(event: dict[str, Any], seconds: float) -> Iterator[RuntimeApi]:
    """Serve the API until the end of the block."""
    with RuntimeApi(event, seconds) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
