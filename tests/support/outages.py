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

    events, name = aws.client(service).meta.events, f"before-call.{service}.{operation}"
    events.register(name, fail)
    try:
        yield
    finally:
        events.unregister(name, fail)
