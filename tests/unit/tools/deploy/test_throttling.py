"""CloudFormation allows few calls a second: the deployment waits rather than fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from botocore.session import Session

from tests.support.paths import ROOT
from tools.deploy.deployment import Deployment, Options
from tools.deploy.stack import described

BUSY = (
    b'<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>'
    b"<Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
    b"</ErrorResponse>"
)
GONE = BUSY.replace(b"Throttling", b"ValidationError").replace(
    b"Rate exceeded", b"Stack with id fragua-testing does not exist"
)


@pytest.fixture
def throttled() -> Iterator[str]:
    """A CloudFormation that asks for patience twice."""
    answers = [BUSY, BUSY, GONE]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = answers.pop(0)
            self.send_response(400)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_throttled_call_is_made_again(
    throttled: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", throttled)
    session = Session()
    session.set_credentials("a", "b")
    session.set_config_variable("region", "eu-west-1")
    deployment = Deployment(Options("testing"), session, root=ROOT)
    assert described(deployment.cloudformation, "fragua-testing") is None
