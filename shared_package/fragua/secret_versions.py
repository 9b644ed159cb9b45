"""The current and the previous version of a secret, from Secrets Manager, read seldom.

A warm function goes on with what it knows, and yet notices a rotation: at once where it meets what
is newer than what it knows, and by itself after some minutes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from fragua import aws
from fragua.errors import Refused
from fragua.settings import settings

Read = TypeVar("Read")

# Seconds that a warm function may go on with the version that it knows, and seconds that it does so
# at least: somebody may show what is newer, but anybody can make something up.
_FRESH = 300
_PAUSE = 10
_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


class SecretVersions(Generic[Read]):
    """A secret that rotates: `secret_id` finds its name or ARN, `read` makes something of its text.

    A secret that was never rotated has no previous version.
    """

    def __init__(self, secret_id: Callable[[], str], read: Callable[[str], Read]) -> None:
        self._secret_id = secret_id
        self._read = read
        self._cached: dict[str, tuple[float, Read | None]] = {}

    def current(self) -> Read:
        """Return the current version."""
        version = self._stage(_CURRENT)
        if version is None:
            raise RuntimeError("the secret has no value")
        return version

    def both(self) -> Iterator[Read]:
        """Yield the current version, and then the previous one, which is not read before."""
        for stage in (_CURRENT, _PREVIOUS):
            version = self._stage(stage)
            if version is not None:
                yield version

    def find(self, wanted: Callable[[Read], bool]) -> Read | None:
        """Return the version that is wanted; where it is none that is known, it may be newer."""
        found = self._known(wanted)
        loaded_at = min(loaded_at for loaded_at, _ in self._cached.values())
        if found is None and time.monotonic() - loaded_at >= settings().scaled(_PAUSE):
            self.forget()
            found = self._known(wanted)
        return found

    def forget(self) -> None:
        """Read the versions anew at the next use."""
        self._cached.clear()

    def _known(self, wanted: Callable[[Read], bool]) -> Read | None:
        return next((version for version in self.both() if wanted(version)), None)

    def _stage(self, stage: str) -> Read | None:
        loaded_at, version = self._cached.get(stage, (-math.inf, None))
        if time.monotonic() - loaded_at >= settings().scaled(_FRESH):
            version = self._load(stage)
            self._cached[stage] = (time.monotonic(), version)
        return version

    def _load(self, stage: str) -> Read | None:
        asked = {"SecretId": self._secret_id(), "VersionStage": stage}
        try:
            answer = aws.call("secretsmanager", "get_secret_value", **asked)
        except Refused as error:
            if error.code == "ResourceNotFoundException" and stage != _CURRENT:
                return None
            raise
        return self._read(answer["SecretString"])
