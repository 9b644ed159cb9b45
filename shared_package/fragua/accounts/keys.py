"""The keys that tokens are signed with, from Secrets Manager.

The secret is JSON, `{"kid": "...", "key": "..."}`. After a rotation the previous version still
verifies, so access tokens that are out there stay good for the rest of their life. Only one
earlier key is kept: rotate less often than every 30 days, or refresh tokens end early.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from fragua.secret_versions import SecretVersions
from fragua.settings import settings


@dataclass(frozen=True)
class Key:
    """A symmetric signing key and the name that tokens give it."""

    kid: str
    secret: bytes


def _read(text: str) -> Key:
    value = json.loads(text)
    return Key(value["kid"], value["key"].encode())


_versions = SecretVersions(lambda: settings().signing_key_secret, _read)


def current() -> Key:
    """Return the key to sign with."""
    return _versions.current()


def find(kid: object) -> Key | None:
    """Return the key that a token names, if it is the current or the previous one."""
    return _versions.find(lambda key: key.kid == kid)


def forget() -> None:
    """Read the keys anew at the next use."""
    _versions.forget()
