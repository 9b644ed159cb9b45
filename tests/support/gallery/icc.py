"""Colour profiles by hand, wrong enough that a thumbnail shows whether they were applied.

Source: ICC.1:2010, sections 7 to 10.
"""

from __future__ import annotations

import struct
from itertools import product

# The columns of sRGB's matrix, adapted to D50.
# Source: IEC 61966-2-1, as in the profile that color.org publishes.
_RED, _GREEN, _BLUE = (0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
_D50 = (0.9642, 1.0, 0.8249)


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _xyz(numbers: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*numbers)


def _gamma(exponent: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">LH", 1, round(exponent * 256)) + b"\0\0"


def _description(text: bytes) -> bytes:
    head = b"desc\0\0\0\0" + struct.pack(">L", len(text) + 1) + text + b"\0"
    return head + bytes(4 + 4 + 2 + 1 + 67)


def _profile(space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    table = struct.pack(">L", len(tags))
    body = b""
    begin = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sLL", name, begin + len(body), len(value))
        body += value + b"\0" * (-len(value) % 4)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(
        ">L4sL4s4s4s12s4s", begin + len(body), b"none", 0x02400000, kind, space, connection,
        struct.pack(">6H", 2026, 1, 1, 0, 0, 0), b"acsp",
    )  # fmt: skip
    head = head.ljust(68, b"\0") + _fixed(*_D50)
    return head.ljust(128, b"\0") + table + body


def swapped(text: bytes = b"blue is red") -> bytes:
    """Return an RGB profile in which the first channel is blue and the last one red."""
    tags = {b"desc": _description(text), b"cprt": b"text\0\0\0\0none\0", b"wtpt": _xyz(_D50)}
    for name, primary in ((b"r", _BLUE), (b"g", _GREEN), (b"b", _RED)):
        tags[name + b"XYZ"] = _xyz(primary)
        tags[name + b"TRC"] = _gamma(2.2)
    return _profile(b"RGB ", b"XYZ ", tags)


def linear_grey() -> bytes:
    """Return a grey profile whose numbers are light itself: gamma 1."""
    tags = {b"desc": _description(b"light"), b"cprt": b"text\0\0\0\0none\0"}
    tags |= {b"wtpt": _xyz(_D50), b"kTRC": _gamma(1)}
    return _profile(b"GRAY", b"XYZ ", tags)


def inks() -> bytes:
    """Return a CMYK profile of 16 corners, each coloured as a naive printer would."""
    corners = b"".join(_lab(*corner) for corner in product((0, 1), repeat=4))
    ramp = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    lut += ramp * 4 + corners + ramp * 3
    tags = {b"desc": _description(b"inks"), b"cprt": b"text\0\0\0\0none\0"}
    return _profile(b"CMYK", b"Lab ", tags | {b"wtpt": _xyz(_D50), b"A2B0": lut})


def _lab(cyan: int, magenta: int, yellow: int, black: int) -> bytes:
    """Return a corner's colour as L (0-255 is 0-100), a and b (128 is 0), of full or no ink.

    Source: the corners of sRGB in CIE Lab under D50, rounded.
    """
    if black:
        return bytes([0, 128, 128])
    corners = {
        (0, 0, 0): (100, 0, 0), (1, 0, 0): (91, -51, -15), (0, 1, 0): (60, 94, -60),
        (0, 0, 1): (98, -16, 93), (1, 1, 0): (30, 68, -112), (1, 0, 1): (88, -79, 81),
        (0, 1, 1): (54, 81, 70), (1, 1, 1): (0, 0, 0),
    }  # fmt: skip
    light, a, b = corners[cyan, magenta, yellow]
    return bytes([round(light * 2.55), a + 128, b + 128])
