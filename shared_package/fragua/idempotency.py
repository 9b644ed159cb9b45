"""Requests that their clients may send again: one key, one result, for 24 hours.

A record holds a keyed digest of the request and the ids that it made, never the answer, which is
built anew. Here the record is an item in DynamoDB; what creates rows in PostgreSQL keeps it there,
in the same transaction (`fragua.database.repeats`).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fragua import clock, dynamodb
from fragua.errors import Invalid, Problem, Refused, Unavailable
from fragua.settings import settings

log = logging.getLogger("fragua")

# Seconds that a key is remembered.
LIFETIME = 24 * 3600
# Seconds that a request may take: no function that answers lives longer.
_RUNNING = 30
# Seconds after which the client of a request that is under way may ask again.
_PAUSE = 1
HEADER = "idempotency-key"


# Finds the secret of a signing key by its kid, or the current one and its kid.
Secrets = Callable[[str | None], tuple[str, bytes] | None]


@dataclass(frozen=True)
class Once:
    """A request with a key: the digest of the client's key, and the request as text."""

    key: str
    request: str
    secrets: Secrets

    @classmethod
    def of(cls, key: str, request: str, secrets: Secrets) -> Once:
        """Take a client's key and its request; `Invalid` for a key that can't be one."""
        if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
            raise Invalid((f"/{HEADER}", "must be 1 to 255 printable ASCII characters"))
        return cls(hashlib.sha256(key.encode()).hexdigest(), request, secrets)

    def mac(self, kid: str | None = None) -> str:
        """Digest the request by one of our signing keys, the current one as a rule: `kid:digest`.

        Raises `Unavailable` for a key that is not known here, or not yet.
        """
        name, digest = self.derived(f"idempotency\n{self.request}", kid)
        return f"{name}:{digest.hex()}"

    def derived(self, purpose: str, kid: str | None = None) -> tuple[str, bytes]:
        """Make 32 secret bytes for a purpose, the same ones each time by the same key.

        Returns the key's name with them, to be kept for a repetition. Raises like `mac`.
        """
        found = self.secrets(kid)
        if found is None:
            raise Unavailable("secretsmanager")
        name, secret = found
        return name, hmac.digest(secret, purpose.encode(), "sha256")

    def require_same(self, mac: str) -> None:
        """Raise `Invalid` unless the request is the one that was kept, by whichever key."""
        kid = mac.rpartition(":")[0]
        if not hmac.compare_digest(self.mac(kid), mac):
            raise Invalid((f"/{HEADER}", "was used before, with another body"))


def in_progress() -> Problem:
    """Return the `Problem` of a request whose first sending is still under way."""
    return Problem("in_progress", retry_after=_PAUSE)


@dataclass(frozen=True)
class Claim:
    """What a request has of its key: the `ids` that an earlier sending made, or none yet."""

    guard: str = ""
    holder: str = ""
    ids: tuple[UUID, ...] = ()

    def keep(self, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        """Describe the steps that keep the ids, for the transaction that makes them.

        The step fails when the key was taken over, because this request took too long.
        """
        if not self.guard:
            return []
        action = dynamodb.update_action(
            settings().guards_table,
            {"guard": self.guard},
            "SET #ids = :ids",
            "#holder = :me AND attribute_not_exists(#ids)",
            ids=[str(each) for each in ids],
            me=self.holder,
        )
        return [{"Update": action}]


@contextmanager
def claimed(scope: str, once: Once | None) -> Iterator[Claim]:
    """Hold the key of a request, if it has one, while the block creates what it asks for.

    A block that fails lets go of it, so that the same request can be tried again. Raises `Problem`
    in_progress while another sending has it, `Invalid` when it stands for another request.
    """
    if once is None:
        yield Claim()
        return
    claim = _claim(f"once:{scope}:{once.key}", once)
    try:
        yield claim
    except Exception:
        _release(claim)
        raise


def _claim(guard: str, once: Once) -> Claim:
    claim = Claim(guard, str(clock.new_id()))
    now = clock.timestamp()
    scaled = settings().scaled
    item = {
        "guard": guard,
        "holder": claim.holder,
        "mac": once.mac(),
        "free_at": now + scaled(_RUNNING),
        "ends_at": now + scaled(LIFETIME),
        "ttl": int(now) + LIFETIME,
    }
    free = (
        # Held by us: the answer to the first sending got lost.
        "attribute_not_exists(#guard) OR #ends_at <= :now OR #holder = :me"
        " OR (attribute_not_exists(#ids) AND #free_at <= :now)"
    )
    if dynamodb.put(settings().guards_table, item, free, now=now, me=claim.holder):
        return claim
    kept = dynamodb.get(settings().guards_table, {"guard": guard})
    if kept is None:
        raise in_progress()
    once.require_same(kept["mac"])
    if "ids" not in kept:
        raise in_progress()
    return Claim(ids=tuple(UUID(each) for each in kept["ids"]))


def _release(claim: Claim) -> None:
    """Let go of a key. Where ids were kept after all, its condition holds it back."""
    if not claim.guard:
        return
    try:
        dynamodb.delete(
            settings().guards_table,
            {"guard": claim.guard},
            "#holder = :me AND attribute_not_exists(#ids)",
            me=claim.holder,
        )
    except (Unavailable, Refused):
        # Then it is free when a request can't be running any more.
        log.warning("idempotency key not released")
