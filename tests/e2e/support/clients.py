"""HTTP clients: one for the API, which checks every answer, and one for the store."""

import json
import secrets
import socket
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx
import pytest

from tests.e2e.support.conventions import check

# uvicorn drops a connection after 5 idle seconds: never reuse one about as old as that.
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=2)
Hooks = dict[str, list[Callable[[httpx.Response], Any]]]


@cache
def transport(address: str | None = None) -> httpx.HTTPTransport:
    """One pool for each address that requests come from; shared by all clients."""
    return httpx.HTTPTransport(limits=LIMITS, local_address=address)


def client(
    base_url: str, token: str | None = None, address: str | None = None, checked: bool = True
) -> httpx.Client:
    """A client of the API; with `token` it sends that as its bearer."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    hooks: Hooks = {"response": [check] if checked else []}
    return httpx.Client(
        base_url=base_url,
        headers=headers,
        transport=transport(address),
        timeout=30,
        trust_env=False,
        event_hooks=hooks,
    )


@cache
def store() -> httpx.Client:
    """The client for presigned URLs: it sends what a test gives it and no bearer."""
    return httpx.Client(transport=transport(), timeout=60, trust_env=False)


def other_address() -> str:
    """A loopback address nobody used yet; skips where the system has 127.0.0.1 alone."""
    octets = [1 + secrets.randbelow(254) for _ in range(3)]
    address = "127." + ".".join(map(str, octets))
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            pytest.skip("this system answers on 127.0.0.1 alone")
    return address


def raw_json(text: str | bytes, content_type: str = "application/json") -> dict[str, Any]:
    """Arguments for a request whose body is exactly this, right or wrong."""
    content = text.encode() if isinstance(text, str) else text
    return {"content": content, "headers": {"content-type": content_type}}


def escaped_json(value: Any) -> dict[str, Any]:
    """Arguments for a JSON body in pure ASCII: what UTF-8 can't carry comes as an escape."""
    return raw_json(json.dumps(value))
