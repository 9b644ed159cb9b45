"""Pillow's PNG decoder, with the pixels unpacked by ISA-L, in half the time of zlib.

Pillow's wheels take zlib from the machine, and in a PNG of a photograph unpacking is most of the
decoding. Pillow still undoes the filters: it gets what was unpacked as a stream of stored blocks,
of which zlib makes a copy and nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from isal.igzip_lib import DECOMP_ZLIB, IgzipDecompressor
from PIL.PngImagePlugin import PngImageFile

_HEADER = b"\x78\x01"
# Whether it is the last one, how many bytes it has, and the complement of that.
_BLOCK = struct.Struct("<BHH")
_BLOCK_BYTES = 65_535


class InflatedPng(PngImageFile):
    """A PNG, still or animated."""

    def load_prepare(self) -> None:
        """Begin to unpack: a still picture, and each frame, is a stream of its own."""
        super().load_prepare()
        self._parts = _stored(super().load_read)

    def load_read(self, _read_bytes: int) -> bytes:
        """Return what Pillow shall read next, b"" at the end."""
        return next(self._parts, b"")


def _stored(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """What `read` brings of a deflated stream, without compression; IsalError if it is none."""
    unpacker = IgzipDecompressor(DECOMP_ZLIB)
    yield _HEADER
    ended = False
    while not ended:
        packed = read(_BLOCK_BYTES) if unpacker.needs_input else b""
        if unpacker.needs_input and not packed:
            return
        pixels = unpacker.decompress(packed, _BLOCK_BYTES)
        ended = unpacker.eof
        # The sum goes with the last pixels: Pillow asks for no more where rows are missing.
        checksum = unpacker.crc.to_bytes(4) if ended else b""
        yield _BLOCK.pack(ended, len(pixels), len(pixels) ^ 0xFFFF) + pixels + checksum
