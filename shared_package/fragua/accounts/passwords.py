"""Passwords are kept as argon2id hashes (RFC 9106) and compared in the same time, found or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's smallest recommended setting of argon2id: 19 MiB, two passes. A login is one Lambda
# request of a few tens of milliseconds, and a guesser is slowed by the lockout besides.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """Return the hash to keep; salt and parameters are inside."""
    return _hasher.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Compare a password with a hash; without one, take as long and say no."""
    try:
        _hasher.verify(_nobody() if password_hash is None else password_hash, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return bool(password_hash)


@cache
def _nobody() -> str:
    """A hash with today's parameters that no password is meant to match."""
    return _hasher.hash("nobody's password")
