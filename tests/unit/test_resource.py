"""CloudFormation is always told how it went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from fragua.resource import resource_handler
from tests.support.events import Context
from tests.support.logs import written


class Told:
    """What arrives at the URL that CloudFormation sends along."""

    def __init__(self) -> None:
        told = self
        self.answers: list[dict[str, Any]] = []
        self.types: list[str | None] = []

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                length = int(self.headers["content-length"])
                told.answers.append(json.loads(self.rfile.read(length)))
                told.types.append(self.headers["content-type"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    def event(self, kind: str, **more: str) -> dict[str, Any]:
        return {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self.server.server_port}/answer?signature=secret",
            "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/fragua/1",
            "RequestId": "request",
            "LogicalResourceId": "Migration",
            **more,
        }


@pytest.fixture
def told(environment: dict[str, str]) -> Iterator[Told]:
    """The other end, for as long as the test takes."""
    waiting = Told()
    thread = Thread(target=waiting.server.serve_forever)
    thread.start()
    yield waiting
    waiting.server.shutdown()
    thread.join()
    waiting.server.server_close()


def call(job: Any, event: dict[str, Any]) -> Any:
    return resource_handler(job)(event, Context())


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_what_the_job_returns_are_the_attributes(told: Told, kind: str) -> None:
    call(lambda: {"revision": "7"}, told.event(kind))
    (answer,) = told.answers
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", {"revision": "7"})
    assert (answer["RequestId"], answer["StackId"]) == ("request", told.event("")["StackId"])
    assert answer["PhysicalResourceId"] == answer["LogicalResourceId"] == "Migration"
    # S3 refuses another type than the URL was signed for, which is none.
    assert told.types == [""]


def test_the_resource_keeps_its_name_so_that_it_is_never_replaced(told: Told) -> None:
    call(dict, told.event("Update", PhysicalResourceId="kept"))
    assert told.answers[0]["PhysicalResourceId"] == "kept"


def test_nothing_is_done_when_the_resource_goes(told: Told) -> None:
    def never() -> dict[str, str]:
        raise AssertionError

    call(never, told.event("Delete", PhysicalResourceId="Migration"))
    assert told.answers[0]["Status"] == "SUCCESS"


def test_a_job_that_fails_fails_the_deployment_and_says_where_to_look(told: Told) -> None:
    def fail() -> dict[str, str]:
        raise ValueError("ada@example.com")

    with written() as lines:
        call(fail, told.event("Update"))
    (answer,) = told.answers
    assert answer["Status"] == "FAILED"
    assert "ValueError" in answer["Reason"]
    assert Context.aws_request_id in answer["Reason"]
    # CloudFormation shows the reason to more people than may read the log.
    assert "ada@example.com" not in answer["Reason"]
    assert "ada@example.com" in lines.getvalue()
    assert "signature" not in lines.getvalue()


@pytest.mark.usefixtures("environment")
def test_who_invokes_it_by_hand_gets_the_answer_or_the_error() -> None:
    assert call(lambda: {"revision": "7"}, {}) == {"revision": "7"}

    def fail() -> dict[str, str]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        call(fail, {})
