"""A worker that visits one product many times, one visit after another: a part of a crowd."""

from __future__ import annotations

import importlib
import json
from http import HTTPStatus
from typing import Any

from fragua import aws
from tests.support.events import Context, http_event


def handler(event: dict[str, Any], _context: Any) -> list[dict[str, Any]]:
    """GET `path` so many `times`, without a token; return the messages that were sent by that.

    They are caught before they reach the emulator, which takes a minute for a thousand.
    """
    sent: list[dict[str, Any]] = []

    def catch(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        sent.append(json.loads(json.loads(params["body"])["MessageBody"]))
        return _Taken(), {"MessageId": "id"}

    aws.client("sqs", aws.BRIEF).meta.events.register("before-call.sqs.SendMessage", catch)
    visit = importlib.import_module("catalog.get").handler
    for _ in range(event["times"]):
        answer = visit(http_event("GET", event["path"]), Context())
        assert answer["statusCode"] == HTTPStatus.OK, answer
    return sent


class _Taken:
    status_code = HTTPStatus.OK
