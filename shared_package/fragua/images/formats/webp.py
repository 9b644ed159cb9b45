"""WebP, still and animated."""

from __future__ import annotations

import io
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
_ANIMATED, _ALPHA = 0x02, 0x10
_METADATA_BYTES = 4 << 20


@dataclass
class _Header:
    """What the chunks say; `alpha` and `animated` are known of an extended file alone."""

    size: Size = (0, 0)
    orientation: int = 1
    profile: bytes | None = None
    lossless: bool = False
    alpha: bool = False
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
    """Decode it smaller if libwebp can be asked for that, and else with Pillow.

    Not what is transparent: libwebp would mix the hidden colours into the edges.
    """
    if not header.animated:
        with path.open("rb") as file:
            picture = libwebp.decode(file.read(), least)
        if picture:
            picture.info["icc_profile"] = header.profile
            return picture
    whole = WebPImageFile(path)
    whole.load()
    return whole


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
    if file.seek(0, io.SEEK_END) < end:
        raise damaged()
    position = 12
    while position + _CHUNK.size <= end:
        file.seek(position)
        name, length = _CHUNK.unpack(file.read(_CHUNK.size))
        _note(header, name, file.read(min(length, _METADATA_BYTES if name in _KEPT else 10)))
        position += _CHUNK.size + length + length % 2
    if 0 in header.size:
        raise damaged()
    return header


_KEPT = {b"ICCP", b"EXIF"}


def _note(header: _Header, name: bytes, body: bytes) -> None:
    """Keep what a chunk says of the picture."""
    if name == b"VP8X" and len(body) == 10:
        header.animated = bool(body[0] & _ANIMATED)
        header.alpha = bool(body[0] & _ALPHA)
        header.size = (_uint(body[4:7]) + 1, _uint(body[7:10]) + 1)
    elif name == b"VP8 " and 0 in header.size and len(body) == 10:
        header.size = (_uint(body[6:8]) & 0x3FFF, _uint(body[8:10]) & 0x3FFF)
    elif name == b"VP8L" and 0 in header.size and len(body) >= 5:
        bits = _uint(body[1:5])
        header.size = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    elif name == b"ANIM" and len(body) >= 6:
        header.loop = _uint(body[4:6])
    elif name == b"ANMF":
        header.frames += 1
    elif name == b"ICCP":
        header.profile = body
    elif name == b"EXIF":
        header.orientation = exif.orientation(body)


def _uint(data: bytes) -> int:
    return int.from_bytes(data, "little")
