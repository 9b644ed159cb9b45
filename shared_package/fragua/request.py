"""What a function may ask of the request that it serves, as types of its arguments.

The door fills in the context before it calls the function; nothing of one request is seen by the
next one, which fills it in anew.
"""

from __future__ import annotations

import logging
import unicodedata
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import quote, unquote
from uuid import UUID

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from pydantic import AfterValidator, Field

from fragua.accounts import sessions
from fragua.accounts.sessions import Caller
from fragua.errors import Problem, Unavailable
from fragua.idempotency import Once
from fragua.schemas import printable

log = logging.getLogger("fragua")


@dataclass(frozen=True)
class Request:
    """What the door knows of a request; the Authorization header where none is needed."""

    address: str
    base_url: str
    authorization: str | None = None
    caller: Caller | None = None
    # None until somebody wants to know.
    anonymous: bool | None = None
    raw: bytes = b""
    once: Once | None = None


_request: ContextVar[Request] = ContextVar("request")


def begin(address: str, base_url: str, authorization: str | None) -> None:
    """Begin a request: nothing of the one before is seen any more."""
    _request.set(Request(address, base_url, authorization))


def add(**known: Any) -> None:
    """Add what came to be known of the request."""
    _request.set(replace(_request.get(), **known))


def spelt(path: str) -> str:
    """Write a path as all its spellings are written (NFKC), in characters that Powertools routes.

    Its patterns know no marks, for one, which many letters of the world can't do without.
    """
    steps = unicodedata.normalize("NFKC", path).split("/")
    return "/".join(quote(step, safe="", errors="replace") for step in steps)


def is_anonymous() -> bool:
    """Whether a request to a public route came without a token, or with one that proves nobody.

    Asked once: where DynamoDB is silent, another time would take longer than an answer may.
    """
    request = _request.get()
    if request.anonymous is None:
        add(anonymous=_proves_nobody(request.authorization))
    return bool(_request.get().anonymous)


def _proves_nobody(header: str | None) -> bool:
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


def _caller() -> Caller:
    caller = _request.get().caller
    if caller is None:
        raise RuntimeError("nobody was asked who he is on a public route")
    return caller


def _user_id() -> UUID:
    return _caller().account.user_id


def _address() -> str:
    return _request.get().address


def _base_url() -> str:
    return _request.get().base_url


def _raw() -> bytes:
    return _request.get().raw


def _once() -> Once | None:
    return _request.get().once


CurrentCaller = Annotated[Caller, Depends(_caller)]
UserId = Annotated[UUID, Depends(_user_id)]
Anonymous = Annotated[bool, Depends(is_anonymous)]
# The address that the gateway saw, or the CDN; a header of the client's is not believed.
Address = Annotated[str, Depends(_address)]
# Where this API is reached from outside, without a slash at its end.
BaseUrl = Annotated[str, Depends(_base_url)]
# The bytes of a body, on a route that `takes` a media type of its own.
RawBody = Annotated[bytes, Depends(_raw)]
# The request's Idempotency-Key, on a route that is `repeatable`.
Repeatable = Annotated[Once | None, Depends(_once)]

# What a path names by a text of people's, on a route that is `spelt`.
Spelt = Annotated[str, AfterValidator(unquote), AfterValidator(printable)]

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
