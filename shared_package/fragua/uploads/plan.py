"""How pieces become parts: which run of them makes which part of the multipart upload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fragua.uploads.fragments import MIB

# A part is closed as soon as it has this many bytes: over S3's 5 MiB, and so little that some
# parts at a time fit a worker, whose pieces have at most 4 MiB each.
TARGET = 8 * MIB
# S3's limit ("Amazon S3 multipart upload limits").
MAX_PARTS = 10_000


@dataclass(frozen=True)
class Part:
    """Part `number` is the pieces with the indices first..last-1, `size` bytes in all."""

    number: int
    first: int
    last: int
    size: int


def plan(sizes: Sequence[int]) -> list[Part]:
    """Pack pieces of these sizes (bytes, in the file's order) into parts; none for no pieces.

    The same pieces make the same parts every time, so a worker goes on where another one died.
    """
    target = max(TARGET, -(-sum(sizes) // MAX_PARTS))
    parts: list[Part] = []
    first = size = 0
    for index, piece in enumerate(sizes, start=1):
        size += piece
        if size >= target or index == len(sizes):
            parts.append(Part(len(parts) + 1, first, index, size))
            first, size = index, 0
    return parts
