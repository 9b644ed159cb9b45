"""What a function may ask of the request that it serves, as types of its arguments.

The door fills in the context before it calls the function; nothing of one request is seen by the
next one, which fills it in anew.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from pydantic import AfterValidator, Field

from fragua.accounts import sessions
from fragua.accounts.sessions import Caller
from fragua.errors import Problem, Unavailable
from fragua.idempotency import Once
from fragua.schemas import Id, printable

__all__ = [
    "Address",
    "Anonymous",
    "BaseUrl",
    "CurrentCaller",
    "Cursor",
    "Id",
    "IfMatch",
    "Limit",
    "Prefix",
    "RawBody",
    "Repeatable",
    "UserAgent",
    "UserId",
]

log = logging.getLogger("fragua")

caller: ContextVar[Caller] = ContextVar("caller")
# The Authorization header, on a route that needs none.
authorization: ContextVar[str | None] = ContextVar("authorization")
address: ContextVar[str] = ContextVar("address")
base_url: ContextVar[str] = ContextVar("base_url")
raw: ContextVar[bytes] = ContextVar("raw")
once: ContextVar[Once | None] = ContextVar("once")


def _caller() -> Caller:
    return caller.get()


def _user_id() -> UUID:
    return caller.get().account.user_id


def is_anonymous() -> bool:
    """Whether a request to a public route came without a token, or with one that proves nobody."""
    header = authorization.get()
    if header is None:
        return True
    try:
        sessions.authenticate(header)
    except Unavailable:
        # Nobody can say now. Who sends a token is somebody, as a rule.
        log.warning("a token was not checked")
    except Problem:
        return True
    return False


def _address() -> str:
    return address.get()


def _base_url() -> str:
    return base_url.get()


def _raw() -> bytes:
    return raw.get()


def _once() -> Once | None:
    return once.get()


CurrentCaller = Annotated[Caller, Depends(_caller)]
UserId = Annotated[UUID, Depends(_user_id)]
Anonymous = Annotated[bool, Depends(is_anonymous)]
# The address that the gateway saw; a header of the client's is not believed.
Address = Annotated[str, Depends(_address)]
# Where this API is reached from outside, without a slash at its end.
BaseUrl = Annotated[str, Depends(_base_url)]
# The bytes of a body, on a route that `takes` a media type of its own.
RawBody = Annotated[bytes, Depends(_raw)]
# The request's Idempotency-Key, on a route that is `repeatable`.
Repeatable = Annotated[Once | None, Depends(_once)]

Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page.")]
Cursor = Annotated[
    str | None, Query(max_length=1500, description="`next_cursor` of the page before.")
]
# A case-insensitive prefix, its characters literal. No text that we keep holds a control character,
# and PostgreSQL can't even be asked for a NUL.
Prefix = Annotated[Annotated[str, Field(max_length=255), AfterValidator(printable)] | None, Query()]
# The version that a change is made from, by its ETag.
IfMatch = Annotated[
    str | None, Header(alias="if-match", description="The ETag of the version that was read.")
]
UserAgent = Annotated[str | None, Header(alias="user-agent")]
