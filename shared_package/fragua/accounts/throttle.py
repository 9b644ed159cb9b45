"""Failed attempts are counted, per account and address and per address.

The address is part of the account's own counter, so nobody can lock somebody else out.
"""

from __future__ import annotations

import hashlib
import math

from fragua import clock, dynamodb
from fragua.errors import Problem
from fragua.settings import settings

# Failures allowed, and seconds from the first one until the count begins anew.
PER_ACCOUNT = (10, 15 * 60)
PER_ADDRESS = (100, 60 * 60)


class Attempt:
    """One attempt to prove a password, counted as failed until it succeeds."""

    def __init__(self, account: str, address: str) -> None:
        self._guards = [
            (_guard("account", account, address), PER_ACCOUNT),
            (_guard("address", address), PER_ADDRESS),
        ]

    def begin(self) -> None:
        """Count it; `Problem` too_many_attempts when there were too many.

        Counting comes before the check, or a hundred guesses at once would all pass it.
        """
        for guard, (limit, window) in self._guards:
            _charge(guard, limit, settings().scaled(window))

    def succeed(self) -> None:
        """Take it back: the account's counter is forgotten, the address's goes down by one."""
        account, address = (guard for guard, _ in self._guards)
        dynamodb.delete(settings().guards_table, {"guard": account})
        dynamodb.update(
            settings().guards_table,
            {"guard": address},
            "SET #count = #count - :one",
            "#count > :zero",
            one=1,
            zero=0,
        )


def _guard(kind: str, *parts: str) -> str:
    # A digest: e-mail addresses are of any length and nobody's business in a table of counters.
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"attempts:{kind}:{digest}"


def _charge(guard: str, limit: int, window: float) -> None:
    key, table = {"guard": guard}, settings().guards_table
    for _ in range(2):
        now = clock.timestamp()
        open_window = "#until > :now AND #count < :limit"
        if dynamodb.update(
            table, key, "SET #count = #count + :one", open_window, one=1, now=now, limit=limit
        ):
            return
        if dynamodb.update(
            table,
            key,
            "SET #count = :one, #until = :until, #ttl = :ttl",
            "attribute_not_exists(#until) OR #until <= :now",
            one=1,
            until=now + window,
            ttl=math.ceil(now + window),
            now=now,
        ):
            return
        # Somebody opened a new window between the two: count in that one.
    item = dynamodb.get(table, key) or {}
    wait = math.ceil(item.get("until", 0) - clock.timestamp())
    raise Problem("too_many_attempts", retry_after=max(1, wait))
