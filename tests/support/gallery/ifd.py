"""Image file directories by hand: TIFF, and EXIF, which is the same.

Source: TIFF 6.0, section 2.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

BYTES, ASCII, SHORT, LONG, RATIONAL = 1, 2, 3, 4, 5
_FORMATS = {BYTES: "B", ASCII: "B", SHORT: "H", LONG: "L", RATIONAL: "L"}
# A value's type, and its numbers; two of them for each rational.
Value = tuple[int, Sequence[int]]
Tags = Mapping[int, Value]

# Where `data` begins in what `tiff` returns.
DATA = 8

ORIENTATION, DESCRIPTION, GPS = 0x0112, 0x010E, 0x8825


def short(*numbers: int) -> Value:
    """Make a value of 16-bit numbers."""
    return SHORT, numbers


def long(*numbers: int) -> Value:
    """Make a value of 32-bit numbers."""
    return LONG, numbers


def tiff(
    pages: Sequence[Tags], data: bytes = b"", order: str = "<", *, loop: bool = False
) -> bytes:
    """Write pages that share `data`; with `loop` the last one is followed by the first."""
    data += b"\0" * (len(data) % 2)
    first = at = DATA + len(data)
    blocks = []
    for number, tags in enumerate(pages, 1):
        size = len(_directory(tags, 0, 0, order))
        after = at + size if number < len(pages) else first * loop
        blocks.append(_directory(tags, at, after, order))
        at += size
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(f"{order}HL", 42, first) + data + b"".join(blocks)


def _directory(tags: Tags, at: int, after: int, order: str) -> bytes:
    """Write one directory that begins at `at`, and behind it what is too long for an entry."""
    entries = b""
    far = b""
    behind = at + 2 + 12 * len(tags) + 4
    for tag, (kind, numbers) in sorted(tags.items()):
        value = struct.pack(f"{order}{len(numbers)}{_FORMATS[kind]}", *numbers)
        count = len(numbers) // (2 if kind == RATIONAL else 1)
        if len(value) > 4:
            value, far = struct.pack(f"{order}L", behind + len(far)), far + value
            far += b"\0" * (len(far) % 2)
        entries += struct.pack(f"{order}HHL", tag, kind, count) + value.ljust(4, b"\0")
    return struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}L", after) + far


def exif(orientation: int, thumbnail: bytes = b"", description: bytes = b"") -> bytes:
    """Write EXIF as it stands in PNG and WebP; JPEG wants `Exif` and two zeros before it.

    With a thumbnail comes also a place on earth, in the directory that GPS names.
    """
    tags: dict[int, Value] = {ORIENTATION: short(orientation)}
    if description:
        tags[DESCRIPTION] = (ASCII, [*description, 0])
    if not thumbnail:
        return tiff([tags])
    place: Tags = {
        1: (ASCII, [*b"N\0"]),
        2: (RATIONAL, [43, 1, 28, 1, 2814, 100]),
        3: (ASCII, [*b"E\0"]),
        4: (RATIONAL, [11, 1, 53, 1, 645599999, 100000000]),
    }
    place_at = DATA + len(thumbnail) + len(thumbnail) % 2
    where = _directory(place, place_at, 0, "<")
    small: Tags = {259: short(6), 513: long(DATA), 514: long(len(thumbnail))}
    padded = thumbnail + b"\0" * (len(thumbnail) % 2)
    return tiff([tags | {GPS: long(place_at)}, small], padded + where)
