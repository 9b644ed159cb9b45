"""One request each: to the API with a bearer token, to the store never with one."""

from __future__ import annotations

import logging
import re
import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import quote, urlsplit

import httpx

from fragua_client.errors import Unreachable
from fragua_client.models import Json

log = logging.getLogger(__name__)

# Seconds. A store may think long about the last byte of a large fragment.
_TIMEOUT = httpx.Timeout(60.0, connect=15.0)
# A link may be named by its token, which is a secret.
_LINK = re.compile(r"(/v1/links/).+")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def user_agent() -> str:
    """`fragua-client/1.2.3`, or without the number where the package is not installed."""
    try:
        return f"fragua-client/{version('fragua-client')}"
    except PackageNotFoundError:
        return "fragua-client"


def connect(
    base_url: str = "", transport: httpx.BaseTransport | None = None, connections: int = 32
) -> httpx.Client:
    """A pool of connections. It follows no redirect: a bearer token must not travel along."""
    return httpx.Client(
        base_url=base_url,
        transport=transport,
        headers={"user-agent": user_agent(), "accept-encoding": "identity"},
        timeout=_TIMEOUT,
        # Idle servers hang up after 5 s; a connection about as old as that is not used again.
        limits=httpx.Limits(max_connections=connections, keepalive_expiry=3.0),
        # A proxy of the environment is for others than this machine itself.
        mounts={f"all://{host}": None for host in _LOOPBACK},
        event_hooks={"request": [_note_start], "response": [_note]},
    )


def said(answer: httpx.Response) -> Json:
    """The object in an answer; `Unreachable` where something else speaks in the server's place."""
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Unreachable(f"{answer.url.host} answers, but not as Fragua does")
    return document


def step(text: str) -> str:
    """One step of a path, so that nothing a person typed (`../files/x`) leads somewhere else."""
    return quote(text, safe="").replace(".", "%2E")


def is_loopback(url: str) -> bool:
    """Tell whether what is sent there stays on this machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def server_seconds_until(moment: str, answer: httpx.Response) -> float:
    """Seconds from the answer to an RFC 3339 `moment`, by the server's clock: ours may be wrong."""
    date = answer.headers.get("date")
    try:
        now = parsedate_to_datetime(date).timestamp() if date else time.time()
    except ValueError:
        now = time.time()
    return timestamp(moment) - now


def timestamp(moment: str) -> float:
    """Seconds since 1970 of an RFC 3339 time."""
    return datetime.fromisoformat(moment).timestamp()


def _note_start(request: httpx.Request) -> None:
    request.extensions["begun"] = time.monotonic()


def _note(answer: httpx.Response) -> None:
    # Without the query: a presigned URL's is a secret.
    request = answer.request
    took = 1000 * (time.monotonic() - request.extensions["begun"])
    where = request.url.netloc.decode() + _LINK.sub(r"\1...", request.url.path)
    log.debug("%s %s -> %d, %.0f ms", request.method, where, answer.status_code, took)
