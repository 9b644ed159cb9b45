"""WebP, still and animated."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from PIL.WebPImagePlugin import WebPImageFile

from fragua.images import limits
from fragua.images.formats import exif, libwebp
from fragua.images.formats.source import Animation, Frame, Source
from fragua.images.picture import Size
from fragua.images.refusal import damaged

_CHUNK = struct.Struct("<4sI")
_ANIMATED = 0x02
# Read of these as a whole, up to a limit, and of all others what stands at their beginning.
_KEPT, _KEPT_BYTES, _BEGINNING = {b"ICCP", b"EXIF"}, 4 << 20, 10


@dataclass
class _Header:
    """What the chunks say."""

    size: Size = (0, 0)
    orientation: int = 1
    profile: bytes | None = None
    animated: bool = False
    frames: int = 0
    loop: int = 0


def open_source(path: Path) -> Source:
    """Read the chunks' headers and judge them."""
    with path.open("rb") as file:
        header = _read(file)
    limits.pixels(header.size, limits.WEBP_FRAME if header.animated else limits.WEBP)
    animation = None
    if header.frames > 1:
        animation = Animation(header.frames, header.loop, partial(_play, path))
    load = partial(_load, path, header)
    return Source("webp", header.size, load, header.orientation, animation)


def _load(path: Path, header: _Header, least: Size) -> Image.Image:
    """By libwebp itself, smaller than it is; an animation's first frame by Pillow."""
    picture = None if header.animated else libwebp.decode(path.read_bytes(), least)
    if picture is None:
        return decode_whole(path)
    picture.info["icc_profile"] = header.profile
    return picture


def decode_whole(path: Path) -> Image.Image:
    """Decode the first frame by Pillow: also where libwebp can't be reached."""
    with WebPImageFile(path) as picture:
        picture.load()
        return picture


def _play(path: Path) -> Iterator[Frame]:
    with WebPImageFile(path) as picture:
        for number in range(picture.n_frames):
            picture.seek(number)
            picture.load()
            yield Frame(picture, int(picture.info["duration"]))


def _read(file: BinaryIO) -> _Header:
    """Go through the chunks; the first one says how large the picture is."""
    header = _Header()
    file.seek(4)
    end = 8 + int.from_bytes(file.read(4), "little")
    position = 12
    while position + _CHUNK.size <= end:
        file.seek(position)
        name, length = _CHUNK.unpack(file.read(_CHUNK.size))
        _note(header, name, file.read(min(length, _KEPT_BYTES if name in _KEPT else _BEGINNING)))
        position += _CHUNK.size + length + length % 2
    if 0 in header.size:
        raise damaged()
    return header


def _note(header: _Header, name: bytes, body: bytes) -> None:
    """Keep what a chunk says of the picture."""
    if name in _SIZES:
        # Of a frame in an extended file, too: the canvas came before it.
        header.size = header.size if all(header.size) else _SIZES[name](body.ljust(10, b"\0"))
        header.animated |= name == b"VP8X" and bool(body[0] & _ANIMATED)
    elif name == b"ANIM":
        header.loop = _uint(body[4:6])
    elif name == b"ANMF":
        header.frames += 1
    elif name == b"ICCP":
        header.profile = body
    elif name == b"EXIF":
        header.orientation = exif.orientation(body)


def _canvas(body: bytes) -> Size:
    return (_uint(body[4:7]) + 1, _uint(body[7:10]) + 1)


def _lossy(body: bytes) -> Size:
    return (_uint(body[6:8]) & 0x3FFF, _uint(body[8:10]) & 0x3FFF)


def _lossless(body: bytes) -> Size:
    bits = _uint(body[1:5])
    return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)


_SIZES = {b"VP8X": _canvas, b"VP8 ": _lossy, b"VP8L": _lossless}


def _uint(data: bytes) -> int:
    return int.from_bytes(data, "little")
