"""The arithmetic of cutting a file: sizes, offsets, ranges. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

MIB = 1024 * 1024
GIB = 1024 * MIB

# S3's limits of a part ("Amazon S3 multipart upload limits"); the last part may be smaller.
MIN_DIRECT = 5 * MIB
MAX_DIRECT = 5 * GIB
MAX_DIRECT_COUNT = 10_000
DEFAULT_DIRECT = 8 * MIB

# The contract's limits of a relayed fragment: what an HTTP API hands to a function, in base64,
# is about 4.4 MiB of bytes at the most.
MAX_RELAY = 4 * MIB
MAX_RELAY_COUNT = 32_768
MAX_RELAY_FILE = 10 * GIB

Range = tuple[int, int]


@dataclass(frozen=True)
class Cut:
    """How a file of `size` bytes is cut; fragments are numbered from 1, the last may be smaller."""

    size: int
    fragment_size: int

    @property
    def count(self) -> int:
        """How many fragments there are: none for an empty file."""
        return -(-self.size // self.fragment_size)

    def offset(self, number: int) -> int:
        """Where fragment `number` begins, in bytes."""
        return (number - 1) * self.fragment_size

    def length(self, number: int) -> int:
        """How many bytes fragment `number` has."""
        return min(self.fragment_size, self.size - self.offset(number))


class Arrival(Protocol):
    """A fragment that the store has, whichever way it came; `arrived_at` in seconds since 1970."""

    @property
    def number(self) -> int:
        """Which fragment it is, from 1."""

    @property
    def size(self) -> int:
        """Its length in bytes."""

    @property
    def arrived_at(self) -> float:
        """When it arrived."""


def newest(arrived: Iterable[Arrival]) -> float:
    """Return when the newest fragment arrived (seconds since 1970), or 0 without one."""
    return max((fragment.arrived_at for fragment in arrived), default=0.0)


def default_fragment_size(size: int, mode: str) -> int:
    """Return the size (bytes) to cut a file with: 8 MiB direct, or whole MiB that suffice."""
    if mode == "relay":
        # Enough for the largest relayed file, many times over.
        return MAX_RELAY
    needed = -(-size // MAX_DIRECT_COUNT)
    return max(DEFAULT_DIRECT, -(-needed // MIB) * MIB)


def ranges(numbers: Iterable[int]) -> list[Range]:
    """Fold numbers into sorted, inclusive ranges: 1, 2, 3, 7 is [(1, 3), (7, 7)]."""
    folded: list[Range] = []
    for number in sorted(set(numbers)):
        if folded and folded[-1][1] == number - 1:
            folded[-1] = (folded[-1][0], number)
        else:
            folded.append((number, number))
    return folded


def gaps(received: Iterable[Range], count: int) -> list[Range]:
    """Return the ranges of 1..count that sorted, disjoint `received` leaves out."""
    missing: list[Range] = []
    following = 1
    for first, last in received:
        if first > following:
            missing.append((following, first - 1))
        following = last + 1
    if following <= count:
        missing.append((following, count))
    return missing


def share(counts: list[int], budget: int) -> list[int]:
    """Share a budget of URLs among files in order, each as evenly as those before it allow."""
    shares = []
    for position, count in enumerate(counts):
        shares.append(min(count, budget // (len(counts) - position)))
        budget -= shares[-1]
    return shares
