"""JPEG: the only format that is decoded smaller than it is, by its own transform."""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from fragua.images import limits
from fragua.images.formats import exif
from fragua.images.formats.source import Source
from fragua.images.picture import Size
from fragua.images.refusal import damaged

_APP1, _SOS, _EOI = 0xE1, 0xDA, 0xD9
# Frame headers; the other three of C0..CF are tables.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
# TEM, RST0..RST7 and SOI have no length.
_BARE = {0x01, *range(0xD0, 0xD9)}
# A marker within a scan's data: FF 00 is a byte of it, FF D0..D7 a restart, FF FF padding.
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])", re.DOTALL)


@dataclass
class _Header:
    """What the segments up to the first scan say."""

    size: Size = (0, 0)
    # Of each component, how many of its samples are in a unit, across times down.
    samples: tuple[int, ...] = ()
    progressive: bool = False
    orientation: int = 1
    # Whether the first scan holds less than the picture: all coefficients are kept until the last.
    buffered: bool = False

    @property
    def allowed(self) -> int:
        """Megapixels that may be decoded: a coefficient takes two bytes."""
        if not self.buffered:
            return limits.JPEG
        return limits.COEFFICIENTS * max(self.samples) // (2 * sum(self.samples))


def open_source(path: Path) -> Source:
    """Read the header and judge it. Of an MPO (two views, or a phone's gain map) the first."""
    with path.open("rb") as file:
        header = _read(file)
        limits.pixels(header.size, header.allowed)
        if header.buffered:
            limits.scans(header.size, _scans(file))
    return Source("jpeg", header.size, partial(_load, path), header.orientation)


def _load(path: Path, least: Size) -> Image.Image:
    with JpegImageFile(path) as picture:
        picture.draft(None, least)
        picture.load()
        return picture


def _read(file: BinaryIO) -> _Header:
    """Go through the segments until the first scan begins."""
    header = _Header()
    for marker, body in _segments(file):
        if marker == _SOS:
            if not body or not all((*header.size, *header.samples)):
                break
            header.buffered = header.progressive or body[0] < len(header.samples)
            return header
        if marker == _APP1 and header.orientation == 1:
            header.orientation = exif.orientation(body)
        elif marker in _FRAMES:
            _read_frame(header, marker, body)
    raise damaged()


def _read_frame(header: _Header, marker: int, body: bytes) -> None:
    _precision, height, width, _components = struct.unpack_from(">BHHB", body.ljust(6, b"\0"))
    header.size = (width, height)
    header.samples = tuple((byte >> 4) * (byte & 15) for byte in body[7::3])
    header.progressive = marker in _PROGRESSIVE


def _segments(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each marker with its body, of which only that is read which matters."""
    file.seek(2)
    while (marker := _marker(file)) is not None and marker != _EOI:
        if marker in _BARE:
            continue
        length = int.from_bytes(file.read(2), "big") - 2
        if length < 0:
            return
        if marker in _FRAMES or marker in {_APP1, _SOS}:
            yield marker, file.read(length)
        else:
            file.seek(length, 1)


def _marker(file: BinaryIO) -> int | None:
    """The next marker's second byte; what stands before it is passed over, as decoders do."""
    before = b""
    while byte := file.read(1):
        if before == b"\xff" and byte not in {b"\0", b"\xff"}:
            return byte[0]
        before = byte
    return None


def _scans(file: BinaryIO) -> int:
    """How many scans the picture has: `file` stands behind the header of its first one."""
    count, position = 1, file.tell()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        while found := _MARKER.search(data, position):
            marker = found[1][0]
            if marker == _EOI:
                break
            count += marker == _SOS
            position = found.end()
            if marker not in _BARE:
                position += max(2, int.from_bytes(data[position : position + 2], "big"))
    return count
