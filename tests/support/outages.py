"""One kind of request, in this process: it finds nobody there, is refused, counted, or too late."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError
from urllib3 import HTTPResponse

from fragua import aws
from tests.support.backend import recorder


@contextmanager
def down(service: str, operation: str) -> Iterator[None]:
    """Let a request, e.g. `down("dynamodb", "PutItem")`, fail in the block before it is sent."""

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="nowhere")

    with _listening(service, f"before-call.{service}.{operation}", fail):
        yield


@contextmanager
def refused(
    service: str, operation: str, code: str, status: int, only: bytes = b""
) -> Iterator[None]:
    """Let a service of JSON answer a request with an error; `only` one whose body holds that."""

    def refuse(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        if only not in request.body:
            return None
        body = json.dumps({"message": f"{code}: {request.body!r}"}).encode()
        raw = HTTPResponse(io.BytesIO(body), preload_content=False)
        return AWSResponse(request.url, status, {"x-amzn-errortype": code}, raw)

    with _listening(service, f"before-send.{service}.{operation}", refuse):
        yield


@contextmanager
def _listening(service: str, name: str, listener: Callable[..., Any]) -> Iterator[None]:
    senders = [aws.client(service, each) for each in (aws.USUAL, aws.BRIEF, aws.LONG)]
    for sender in senders:
        sender.meta.events.register(name, listener)
    try:
        yield
    finally:
        for sender in senders:
            sender.meta.events.unregister(name, listener)


@contextmanager
def during(service: str, operation: str, do: Callable[[], Any]) -> Iterator[None]:
    """Do something the first time that the block asks for that operation, before it is done."""
    waiting = [do]

    def now(**_: Any) -> None:
        # What is done in between is not asked for by the function that runs.
        function, recorder.function = recorder.function, None
        if waiting:
            waiting.pop()()
        recorder.function = function

    with _listening(service, f"before-call.{service}.{operation}", now):
        yield
    assert not waiting, f"{operation} was not asked for"


@contextmanager
def counted(service: str, operation: str) -> Iterator[list[Any]]:
    """Note each request that the block sends, e.g. of `counted("dynamodb", "UpdateItem")`."""
    sent: list[Any] = []

    def note(params: Any, **_: Any) -> None:
        sent.append(params)

    with _listening(service, f"before-call.{service}.{operation}", note):
        yield sent
