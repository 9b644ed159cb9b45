"""The id of the request that caused what is done now: in log lines, in messages, in the outbox.

The gateway makes it, and answers it as X-Request-Id; what a client calls its request is not asked.
From the door it goes along with every message, so that all that comes of a request is found by it.
Nothing is imported here that costs a cold start: doors and domains know nothing of each other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# The attribute of SQS messages that carries it.
ATTRIBUTE = "request_id"

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def begin(request_id: str) -> None:
    """Begin a request, a message or a sweep: the id of the one before counts no more."""
    _request_id.set(request_id)


def request_id() -> str | None:
    """Return the id of the request that all this is done for; None outside of a door."""
    return _request_id.get()


@contextmanager
def caused_by(request_id: str | None) -> Iterator[None]:
    """Do what an earlier request left undone in its name; in one's own where it is not known."""
    token = _request_id.set(request_id or _request_id.get())
    try:
        yield
    finally:
        _request_id.reset(token)


def _mark(record: logging.LogRecord) -> bool:
    # What the doors tell the logger is for whole messages, and for threads, which have no context.
    if found := _request_id.get():
        record.correlation_id = found
    return True


logging.getLogger("fragua").addFilter(_mark)
