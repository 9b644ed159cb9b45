"""The one thing that is read of EXIF: how the picture is to be turned.

Read by hand, because EXIF comes from anyone: a library that parses all of it follows every
pointer in it, and for PNG it would decode the picture first.
"""

from __future__ import annotations

import struct

_PREFIX = b"Exif\0\0"
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION = 0x0112
_SHORT, _LONG = 3, 4


def orientation(exif: bytes | None) -> int:
    """The orientation, 1 to 8, of an EXIF block with or without its prefix; 1 where none is told.

    1 is upright, 2 to 4 are mirrored or upside down, 5 to 8 lie on a side.
    """
    block = (exif or b"").removeprefix(_PREFIX)
    order = _ORDERS.get(block[:4])
    if not order:
        return 1
    try:
        told = _first_directory(block, order)
    except struct.error:
        return 1
    return told if 1 <= told <= 8 else 1


def _first_directory(block: bytes, order: str) -> int:
    """The value of the tag in the first directory, 0 without one."""
    (start,) = struct.unpack_from(order + "I", block, 4)
    (count,) = struct.unpack_from(order + "H", block, start)
    for number in range(count):
        tag, kind = struct.unpack_from(order + "HH", block, start + 2 + 12 * number)
        if tag == _ORIENTATION and kind in {_SHORT, _LONG}:
            value = struct.unpack_from(
                order + "IH"[kind == _SHORT], block, start + 10 + 12 * number
            )
            return int(value[0])
    return 0
