"""Pillow's PNG decoder, with the pixels unpacked by ISA-L, in half the time of zlib.

Pillow's wheels take zlib from the machine, and in a PNG of a photograph unpacking is most of the
decoding. Pillow still undoes the filters: it gets what was unpacked as a stream of stored blocks,
of which zlib makes a copy and nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from isal.igzip_lib import DECOMP_DEFLATE, IgzipDecompressor
from PIL.PngImagePlugin import PngImageFile

# Before what is packed; and before each stored block: whether it is the last one, how many bytes it
# has, and the complement of that.
_HEADER_BYTES = 2
_BLOCK = struct.Struct("<BHH")
_BLOCK_BYTES = 65_535


class InflatedPng(PngImageFile):
    """A PNG, still or animated, that is accepted where Pillow's own is.

    One whose stream breaks within the bytes that follow the last row may be refused.
    """

    def load_prepare(self) -> None:
        """Begin to unpack: a still picture, and each frame, is a stream of its own."""
        super().load_prepare()
        self._parts = _stored(super().load_read)

    def load_read(self, _read_bytes: int) -> bytes:
        """Return what Pillow shall read next, b"" at the end."""
        return next(self._parts, b"")


def _stored(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Turn the zlib stream that `read` brings into one without compression.

    What is around the packed bytes, the checksum too, is handed on for zlib to judge.
    """
    begin = b""
    while len(begin) < _HEADER_BYTES and (more := read(_BLOCK_BYTES)):
        begin += more
    yield begin[:_HEADER_BYTES]
    unpacker, packed = IgzipDecompressor(DECOMP_DEFLATE), begin[_HEADER_BYTES:]
    ended = False
    while not ended:
        if unpacker.needs_input and not packed and not (packed := read(_BLOCK_BYTES)):
            return
        pixels, packed = unpacker.decompress(packed, _BLOCK_BYTES), b""
        ended = unpacker.eof
        # The rest goes with the last pixels: Pillow asks for no more where rows are missing.
        yield _BLOCK.pack(ended, len(pixels), len(pixels) ^ 0xFFFF) + pixels + unpacker.unused_data
