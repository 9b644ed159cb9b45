"""What a caller must see: the word between who knows the caller and who knows the database.

A position is a number of bytes in PostgreSQL's write-ahead log. Whoever must see what lies before
it reads at an endpoint that has come so far. Nothing is imported here: a function without a
database shall not load one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True)
class _Request:
    """Whose it is and what he must see, or how to find that out.

    And, once the writer has decided something, how to ask how far it was by then.
    """

    user_id: UUID | None = None
    position: int = 0
    look: Callable[[], object] | None = None
    ask: Callable[[], int] | None = None


_NOBODYS = _Request()
_request: ContextVar[_Request] = ContextVar("request", default=_NOBODYS)


def begin(user_id: UUID | None = None, position: int = 0) -> None:
    """Begin a request, or a message: nothing of the one before counts any more."""
    _request.set(_Request(user_id, position))


def begin_unasked(look: Callable[[], object]) -> None:
    """Begin a request of which nobody need know whose it is.

    `look` finds it out where that matters: it begins the request again for a caller whom it finds.
    """
    _request.set(_Request(look=look))


def caller() -> UUID | None:
    """Return whose request this is; None where nobody was asked who he is."""
    return _request.get().user_id


def position() -> int:
    """Return what reads must have come to; 0 where anything will do."""
    request = _request.get()
    if request.look:
        _request.set(replace(request, look=None))
        request.look()
    return _request.get().position


def decided(ask: Callable[[], int]) -> None:
    """Take note that the writer granted or refused something; `ask` returns how far its log is."""
    _request.set(replace(_request.get(), ask=ask))


def has_decided() -> bool:
    """Whether the writer knew, or got to know, in this request what a replica may not have yet."""
    return _request.get().ask is not None


def reached() -> int | None:
    """Return a position after all that the writer knew by then; None if it was not asked."""
    ask = _request.get().ask
    return ask() if ask else None
