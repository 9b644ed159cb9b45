"""One kind of request that finds nobody at the other end, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import EndpointConnectionError

from fragua import aws


@contextmanager
def down(service: str, operation: str) -> Iterator[None]:
    """Let a request, e.g. `down("dynamodb", "PutItem")`, fail in the block before it is sent."""

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="nowhere")

    name = f"before-call.{service}.{operation}"
    senders = [aws.client(service, each) for each in (aws.USUAL, aws.BRIEF, aws.LONG)]
    for sender in senders:
        sender.meta.events.register(name, fail)
    try:
        yield
    finally:
        for sender in senders:
            sender.meta.events.unregister(name, fail)
