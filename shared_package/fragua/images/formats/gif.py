"""GIF, still and animated."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from fragua.images import limits
from fragua.images.formats.source import Animation, Frame, Source
from fragua.images.picture import Size
from fragua.images.refusal import damaged

_SCREEN = struct.Struct("<6xHHBxx")
_FRAME = struct.Struct("<HHHHB")
_EXTENSION, _PICTURE = b"!", b","
_APPLICATION = 0xFF
# Where a frame tells no duration, or one that nobody could see, viewers show it this long.
_SHORTEST, _USUAL = 20, 100


@dataclass
class _Header:
    """The size is what Pillow makes of it: large enough for every frame."""

    size: Size = (0, 0)
    frames: int = 0
    # How often the animation is shown; without the block that says it, once.
    loop: int = 1


def open_source(path: Path) -> Source:
    """Count the frames without unpacking them, and judge the largest extent."""
    with path.open("rb") as file:
        header = _read(file)
    limits.pixels(header.size, limits.GIF)
    with GifImageFile(path) as first:
        size = first.size
    animation = None
    if header.frames > 1 and size == header.size:
        animation = Animation(header.frames, header.loop, partial(_play, path, header.frames))
    return Source("gif", size, partial(_load, path), animation=animation)


def _load(path: Path, _least: Size) -> Image.Image:
    with GifImageFile(path) as picture:
        picture.load()
        return picture


def _play(path: Path, frames: int) -> Iterator[Frame]:
    with GifImageFile(path) as picture:
        for number in range(frames):
            picture.seek(number)
            picture.load()
            duration = picture.info.get("duration", 0)
            yield Frame(picture, duration if duration >= _SHORTEST else _USUAL)


def _read(file: BinaryIO) -> _Header:
    """Go through the blocks; a file that just ends, without a trailer, has ended."""
    width, height, flags = _SCREEN.unpack(_exactly(file, _SCREEN.size))
    header = _Header((width, height))
    _skip_colours(file, flags)
    while (block := file.read(1)) in {_EXTENSION, _PICTURE}:
        if block == _PICTURE:
            _read_frame(file, header)
        else:
            _read_extension(file, header)
    if not header.frames:
        raise damaged()
    return header


def _read_frame(file: BinaryIO, header: _Header) -> None:
    left, top, width, height, flags = _FRAME.unpack(_exactly(file, _FRAME.size))
    header.frames += 1
    header.size = (max(header.size[0], left + width), max(header.size[1], top + height))
    _skip_colours(file, flags)
    _exactly(file, 1)
    _skip_blocks(file)


def _read_extension(file: BinaryIO, header: _Header) -> None:
    """Look for how often the animation is repeated, in Netscape's own extension."""
    label = _exactly(file, 1)[0]
    name = _block(file)
    if label == _APPLICATION and name == b"NETSCAPE2.0":
        block = _block(file)
        if len(block) >= 3 and block[0] == 1:
            header.loop = _shown(int.from_bytes(block[1:3], "little"))
        if not block:
            return
    if name:
        _skip_blocks(file)


def _shown(repeats: int) -> int:
    """GIF counts the repeats after the first time, WebP counts every time; 0 is for ever."""
    return min(repeats + 1, 0xFFFF) if repeats else 0


def _skip_colours(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        _exactly(file, 3 << ((flags & 7) + 1))


def _skip_blocks(file: BinaryIO) -> None:
    while _block(file):
        pass


def _block(file: BinaryIO) -> bytes:
    """One sub-block; an empty one ends a row of them."""
    size = file.read(1)
    return _exactly(file, size[0]) if size else b""


def _exactly(file: BinaryIO, size: int) -> bytes:
    """Read so many bytes, or find the file damaged."""
    data = file.read(size)
    if len(data) < size:
        raise damaged()
    return data
