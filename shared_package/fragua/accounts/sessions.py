"""The check of every request that is not public: a token, its session, its account."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from uuid import UUID

from fragua import clock, freshness
from fragua.accounts import store, tokens
from fragua.accounts.store import Account, Session
from fragua.errors import Problem

__all__ = ["Account", "Caller", "authenticate", "check", "note", "remember"]

log = logging.getLogger("fragua")

# RFC 6750; one header only: the gateway joins two with a comma, which no token contains.
_BEARER = re.compile(r"(?i:bearer) +([\w.-]+)", re.ASCII)


@dataclass(frozen=True)
class Caller:
    """Who sent the request. `expires_at` is the access token's end (seconds since 1970)."""

    account: Account
    session: Session
    expires_at: int


def authenticate(authorization: str | None) -> Caller:
    """Turn an Authorization header into a caller; `Problem` (401) if it does not prove one."""
    if authorization is None:
        raise Problem("token_missing")
    match = _BEARER.fullmatch(authorization.strip())
    if not match:
        raise Problem("token_invalid")
    claims = tokens.read(match[1], "access")
    account, session = check(claims)
    freshness.begin(account.user_id, account.position)
    return Caller(account, session, claims.expires_at)


def check(claims: tokens.Claims) -> tuple[Account, Session]:
    """Return the live account and session that a token names; `Problem` (401) otherwise."""
    session, account = store.load(claims.session_id, claims.user_id)
    if session is None or account is None or session.user_id != claims.user_id:
        raise Problem("session_ended")
    # DynamoDB deletes expired items days late: the clock decides.
    if session.expires_at <= clock.timestamp() or session.epoch < account.session_epoch:
        raise Problem("session_ended")
    if not account.active:
        raise Problem("account_disabled")
    return account, session


def note(user_id: UUID) -> None:
    """Let an account's next requests see what the writer knew just now, wherever they read.

    Asks and writes nothing where all read at the endpoint that is written.
    """
    position = freshness.reached()
    if position is not None:
        store.note_position(user_id, position)


def remember() -> None:
    """Let the caller's next requests see what this one committed, or was refused for.

    That is decided whatever comes of this, so a failure is logged and no more.
    """
    caller = freshness.caller()
    if caller is None:
        return
    try:
        note(caller)
    except Exception:
        log.warning("position not noted", extra={"user_id": str(caller)}, exc_info=True)
