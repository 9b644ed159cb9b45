"""PNG, still and animated.

The decoder is shown the picture's own chunks alone. Text can be a thousand times larger when it
is unpacked, a broken profile would be an error, and neither of them is seen in a thumbnail.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from fragua.images import limits
from fragua.images.formats import exif
from fragua.images.formats.inflating import InflatedPng
from fragua.images.formats.pieces import Pieces
from fragua.images.formats.source import Animation, Frame, Source
from fragua.images.picture import Size
from fragua.images.refusal import damaged

_SIGNATURE = 8
# A chunk is its length, its name, what it holds, and a checksum.
_HEAD, _REST = struct.Struct(">I4s"), 4
_SHOWN = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"IEND"}
# Unpacked, as much as Pillow takes.
_PROFILE_BYTES = 1 << 20


@dataclass
class _Header:
    """What the chunks say, and where those are that are shown to the decoder."""

    size: Size = (0, 0)
    orientation: int = 1
    frames: int = 1
    loop: int = 0
    # Of the pixels, and of all that is shown.
    data: int = 0
    pieces: list[tuple[int, int]] = field(default_factory=lambda: [(0, _SIGNATURE)])


def open_source(path: Path) -> Source:
    """Read all chunks' headers and judge them."""
    with path.open("rb", buffering=0) as file:
        header = _read(file)
    limits.pixels(header.size, limits.PNG)
    animation = None
    if header.frames > 1:
        animation = Animation(header.frames, header.loop, partial(_play, path, header))
    load = partial(_load, path, header)
    return Source("png", header.size, load, header.orientation, animation)


@contextmanager
def _open(path: Path, header: _Header) -> Iterator[InflatedPng]:
    with io.BufferedReader(Pieces(path, header.pieces)) as file, InflatedPng(file) as picture:
        yield picture


def _load(path: Path, header: _Header, _least: Size) -> Image.Image:
    with _open(path, header) as picture:
        picture.load()
        return picture


def _play(path: Path, header: _Header) -> Iterator[Frame]:
    with _open(path, header) as picture:
        # A picture for those that can't play it may stand before the first frame.
        for number in range(int(picture.default_image), picture.n_frames):
            picture.seek(number)
            picture.load()
            yield Frame(picture, round(picture.info.get("duration", 0)))


def _read(file: BinaryIO) -> _Header:
    header = _Header()
    for name, start, length in _chunks(file):
        _note(header, file, name, (start, length))
        if name in _SHOWN or (name == b"iCCP" and _is_profile(_body(file, start, length))):
            header.pieces.append((start - _HEAD.size, start + length + _REST))
    if 0 in header.size or not header.data:
        raise damaged()
    return header


def _note(header: _Header, file: BinaryIO, name: bytes, place: tuple[int, int]) -> None:
    """Keep what a chunk says of the whole picture."""
    if name == b"IHDR":
        if any(header.size):
            # The decoder goes by another one of them than we would.
            raise damaged()
        header.size = struct.unpack(">II", _body(file, *place).ljust(8, b"\0")[:8])
    elif name == b"acTL":
        header.frames, header.loop = struct.unpack(">II", _body(file, *place).ljust(8, b"\0")[:8])
    elif name == b"eXIf":
        header.orientation = exif.orientation(_body(file, *place))
    elif name == b"IDAT":
        header.data += place[1]


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, and where what it holds begins and how long that is."""
    position, name = _SIGNATURE, b""
    while name != b"IEND":
        file.seek(position)
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise damaged()
        length, name = _HEAD.unpack(head)
        start = position + _HEAD.size
        position = start + length + _REST
        yield name, start, length


def _body(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(min(length, _PROFILE_BYTES))


def _is_profile(body: bytes) -> bool:
    """Whether an iCCP chunk can be unpacked, within a limit."""
    _name, _, packed = body.partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(packed[1:], _PROFILE_BYTES)
    except zlib.error:
        return False
    return packed[:1] == b"\0" and unpacker.eof
