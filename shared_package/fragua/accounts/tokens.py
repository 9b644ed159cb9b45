"""Access and refresh tokens: JWTs (RFC 7519) that name a session and nothing more.

PyJWT checks the signature and the times. It lets through a good many tokens that are signed but
malformed, so every claim is checked here once more, by its exact type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import jwt

from fragua import clock
from fragua.accounts import keys
from fragua.errors import Problem
from fragua.settings import settings

ACCESS_LIFETIME = 15 * 60
REFRESH_LIFETIME = 30 * 24 * 3600

Use = Literal["access", "refresh"]
_ALGORITHM = "HS256"
_TYPES = {"iss": str, "use": str, "sub": str, "sid": str, "gen": int, "iat": int, "exp": int}


@dataclass(frozen=True)
class Claims:
    """What a valid token says. `generation` counts the refreshes of its session."""

    user_id: UUID
    session_id: UUID
    generation: int
    expires_at: int


def lifetime(use: Use) -> int:
    """Return how long a token of this use lives, in seconds."""
    full = ACCESS_LIFETIME if use == "access" else REFRESH_LIFETIME
    return max(1, int(settings().scaled(full)))


def issue(use: Use, user_id: UUID, session_id: UUID, generation: int) -> str:
    """Sign a token that lives from now for `lifetime(use)`."""
    issued_at = int(clock.timestamp())
    claims = {
        "iss": _issuer(),
        "use": use,
        "sub": str(user_id),
        "sid": str(session_id),
        "gen": generation,
        "iat": issued_at,
        "exp": issued_at + lifetime(use),
    }
    key = keys.current()
    return jwt.encode(claims, key.secret, algorithm=_ALGORITHM, headers={"kid": key.kid})


def read(token: str, use: Use) -> Claims:
    """Verify a token; `Problem` token_expired or token_invalid."""
    try:
        header = jwt.get_unverified_header(token)
        key = keys.find(header.get("kid"))
        if key is None or set(header) != {"alg", "kid", "typ"} or header["typ"] != "JWT":
            raise Problem("token_invalid")
        claims = jwt.decode(token, key.secret, algorithms=[_ALGORITHM], issuer=_issuer())
    except jwt.ExpiredSignatureError as error:
        raise Problem("token_expired") from error
    # PyJWT raises more than its own errors on hostile input.
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Problem("token_invalid") from error
    return _claims(claims, use)


def _claims(claims: dict[str, Any], use: Use) -> Claims:
    # `type() is` and not isinstance: True is an int, too.
    if set(claims) != set(_TYPES) or any(type(claims[n]) is not t for n, t in _TYPES.items()):
        raise Problem("token_invalid")
    if claims["use"] != use:
        raise Problem("token_invalid")
    try:
        user_id, session_id = UUID(claims["sub"]), UUID(claims["sid"])
    except ValueError as error:
        raise Problem("token_invalid") from error
    # UUID() reads other spellings, too, and int has no end: only what `issue` writes is good.
    as_issued = (str(user_id), str(session_id)) == (claims["sub"], claims["sid"])
    if not as_issued or claims["gen"] < 0 or claims["exp"] - claims["iat"] > REFRESH_LIFETIME:
        raise Problem("token_invalid")
    return Claims(user_id, session_id, claims["gen"], claims["exp"])


def _issuer() -> str:
    return f"fragua:{settings().stage}"
