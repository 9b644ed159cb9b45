"""Files that look like videos and are none, or none that could be shown."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.support.footage import clip, ffmpeg

COPY = ("-i", "given", "-c", "copy")


def box(kind: bytes, body: bytes = b"", size: int | None = None) -> bytes:
    """Make a box of an MP4, which may lie about its size."""
    return struct.pack(">I4s", 8 + len(body) if size is None else size, kind) + body


# What stands in a box before the boxes in it, of those that hold some.
_HOLDERS = {b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"dinf": 0, b"dref": 8}


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """Put one box in the place of another, and tell the boxes around it that they grew."""
    made, place, at = bytearray(data), data.index(old), 0
    while at < place:
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if at + size <= place:
            at += size
            continue
        made[at : at + 4] = struct.pack(">I", size + len(new) - len(old))
        at += 8 + _HOLDERS[kind]
    made[place : place + len(old)] = new
    return bytes(made)


FTYP = box(b"ftyp", b"isom\0\0\2\0isommp41")


def _deep() -> bytes:
    data = b""
    for _ in range(2_000):
        data = box(b"moov", data)
    return FTYP + data


def _looping() -> bytes:
    """Boxes of no size at all, one after another: whoever trusts them never gets on."""
    return FTYP + box(b"moov", box(b"trak", size=0) + box(b"mdia", size=1) + box(b"minf", size=7))


def _many_samples() -> bytes:
    """A table that claims four thousand million samples."""
    data = clip()
    place = data.index(b"stsz")
    return data[: place + 12] + b"\xff\xff\xff\xff" + data[place + 16 :]


def _no_frames() -> bytes:
    return ffmpeg(
        *COPY, "-frames:v", "0", "-an", "-movflags", "empty_moov", ending="mp4", given=clip()
    )


# What each is refused as.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "damaged"),
    "garbage": (lambda: FTYP + b"\xff" * 5_000, "damaged"),
    "an empty movie": (lambda: FTYP + box(b"moov"), "damaged"),
    "zeros": (lambda: FTYP + bytes(100_000), "damaged"),
    "a huge box": (lambda: FTYP + box(b"moov", b"x" * 100, size=0x7FFFFFFF), "damaged"),
    "a huge sample table": (_many_samples, "damaged"),
    "boxes in boxes": (_deep, "damaged"),
    "boxes of no size": (_looping, "damaged"),
    "the first half": (lambda: clip()[: len(clip()) // 2], "damaged"),
    "no frames": (_no_frames, "damaged"),
    "sound alone": (lambda: ffmpeg(*COPY, "-vn", ending="mp4", given=clip()), "no_video"),
}
