"""The keys that tokens are signed with, from Secrets Manager.

The secret is JSON, `{"kid": "...", "key": "..."}`. After a rotation the previous version still
verifies, so access tokens that are out there stay good for the rest of their life. Only one
earlier key is kept: rotate less often than every 30 days, or refresh tokens end early.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass

from fragua import aws
from fragua.errors import Refused
from fragua.settings import settings

# Seconds that a warm function may go on with the key that it knows, and seconds that it does so
# at least: a token may name a key that is newer, but anybody can make up a name.
_FRESH = 300
_PAUSE = 10


@dataclass(frozen=True)
class Key:
    """A symmetric signing key and the name that tokens give it."""

    kid: str
    secret: bytes


_cached: dict[str, tuple[float, Key | None]] = {}


def current() -> Key:
    """Return the key to sign with."""
    key = _stage("AWSCURRENT")
    if key is None:
        raise RuntimeError("the signing key secret has no value")
    return key


def find(kid: object) -> Key | None:
    """Return the key that a token names, if it is the current or the previous one."""
    found = _known(kid)
    loaded_at = min(loaded_at for loaded_at, _ in _cached.values())
    if found is None and time.monotonic() - loaded_at >= settings().scaled(_PAUSE):
        forget()
        found = _known(kid)
    return found


def _known(kid: object) -> Key | None:
    for stage in ("AWSCURRENT", "AWSPREVIOUS"):
        key = _stage(stage)
        if key is not None and key.kid == kid:
            return key
    return None


def forget() -> None:
    """Read the keys anew at the next use."""
    _cached.clear()


def _stage(stage: str) -> Key | None:
    loaded_at, key = _cached.get(stage, (-math.inf, None))
    if time.monotonic() - loaded_at >= settings().scaled(_FRESH):
        key = _load(stage)
        _cached[stage] = (time.monotonic(), key)
    return key


def _load(stage: str) -> Key | None:
    secret_id = settings().signing_key_secret
    try:
        answer = aws.call(
            "secretsmanager", "get_secret_value", SecretId=secret_id, VersionStage=stage
        )
    except Refused as error:
        if error.code == "ResourceNotFoundException" and stage != "AWSCURRENT":
            return None
        raise
    value = json.loads(answer["SecretString"])
    return Key(value["kid"], value["key"].encode())
