"""Attempts are counted, per account and address and per address.

The address is part of the account's own counter, so nobody can lock somebody else out. Of passwords
the failures count; of registrations all, since each that succeeds makes an account.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math

from fragua import clock, dynamodb
from fragua.errors import Problem
from fragua.settings import settings

# Failures allowed, and seconds from the first one until the count begins anew.
PER_ACCOUNT = (10, 15 * 60)
PER_ADDRESS = (100, 60 * 60)
# Seconds in which registrations are counted; the settings say how many there may be.
_SAME_ACCOUNT, _SAME_ADDRESS = 15 * 60, 60 * 60
# Bits of an IPv6 address that are its network's: whoever has one address there has all of them.
_NETWORK = 64


class Attempt:
    """One attempt to prove a password, counted as failed until it succeeds."""

    def __init__(self, account: str, address: str) -> None:
        self._guards = [
            (_guard("account", account, _network(address)), PER_ACCOUNT),
            (_guard("address", _network(address)), PER_ADDRESS),
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


def count_registration(account: str, address: str) -> None:
    """Count one attempt to register; `Problem` too_many_attempts when there were too many.

    Apart from the attempts at passwords: whoever mistypes his own keeps nobody from registering.
    """
    limits = settings()
    by_both = _guard("new-account", account, _network(address))
    _charge(by_both, limits.registrations_per_account, limits.scaled(_SAME_ACCOUNT))
    by_address = _guard("new-accounts", _network(address))
    _charge(by_address, limits.registrations_per_address, limits.scaled(_SAME_ADDRESS))


def _network(address: str) -> str:
    """Return what an address counts as: of IPv6 its network, which one customer has to himself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((int(found), _NETWORK), strict=False))


def _guard(kind: str, *parts: str) -> str:
    # A digest: e-mail addresses are of any length and nobody's business in a table of counters.
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"attempts:{kind}:{digest}"


def _charge(guard: str, limit: int, window: float) -> None:
    key, table = {"guard": guard}, settings().guards_table
    for _ in range(2):
        now = clock.timestamp()
        times = {"until": now + window, "ttl": math.ceil(now + window), "now": now}
        first_or_next = (
            "SET #count = if_not_exists(#count, :zero) + :one,"
            " #until = if_not_exists(#until, :until), #ttl = if_not_exists(#ttl, :ttl)"
        )
        open_window = "attribute_not_exists(#until) OR (#until > :now AND #count < :limit)"
        if dynamodb.change(
            table, key, first_or_next, open_window, zero=0, one=1, limit=limit, **times
        ):
            return
        anew = "SET #count = :one, #until = :until, #ttl = :ttl"
        if dynamodb.change(table, key, anew, "#until <= :now", one=1, **times):
            return
        # Somebody opened a new window between the two: count in that one.
    item = dynamodb.get(table, key) or {}
    wait = math.ceil(item.get("until", 0) - clock.timestamp())
    raise Problem("too_many_attempts", retry_after=max(1, wait))
