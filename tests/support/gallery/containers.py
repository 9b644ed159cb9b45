"""What a WebP or a JPEG consists of: metadata can't hide from who looks at each piece.

Source: RFC 9649, section 2.7 (WebP); ITU-T T.81, annex B (JPEG).
"""

from __future__ import annotations

from collections.abc import Iterator

# Bits of VP8X that announce a profile, EXIF and XMP.
_METADATA_FLAGS = 0x20 | 0x08 | 0x04
_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}
# Tables, frames, restart intervals and scans.
_JPEG_MARKERS = {0xDB, 0xC0, 0xC2, 0xC4, 0xDD, 0xDA}
_APP0, _SCAN, _END = 0xE0, 0xDA, 0xD9


def superfluous(data: bytes) -> list[str]:
    """List all pieces that no pixel needs; raises AssertionError if it is neither of both."""
    if data[:4] == b"RIFF":
        return [*_of_webp(data)]
    assert data[:2] == b"\xff\xd8", data[:16]
    return [*_of_jpeg(data)]


def _of_webp(data: bytes) -> Iterator[str]:
    end = 8 + int.from_bytes(data[4:8], "little")
    if len(data) != end:
        yield f"{len(data) - end} bytes behind the end"
    for kind, body in _all_chunks(data):
        if kind not in _WEBP_CHUNKS:
            yield f"chunk {kind!r}"
        if kind == b"VP8X" and body[0] & _METADATA_FLAGS:
            yield f"flags {body[0]:#04x}"


def _all_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield those of the file, and those within each frame."""
    for kind, body in _chunks(data, 12):
        yield kind, body
        if kind == b"ANMF":
            yield from _chunks(body, 16)


def _chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _of_jpeg(data: bytes) -> Iterator[str]:
    at = 2
    while (marker := data[at + 1]) != _END:
        size = int.from_bytes(data[at + 2 : at + 4])
        jfif = marker == _APP0 and data[at + 4 : at + 9] == b"JFIF\0"
        if marker not in _JPEG_MARKERS and not jfif:
            yield f"marker {marker:#04x}"
        at += 2 + size
        if marker == _SCAN:
            at = _behind_samples(data, at)
    if at + 2 != len(data):
        yield f"{len(data) - at - 2} bytes behind the end"


def _behind_samples(data: bytes, at: int) -> int:
    """Find the next marker that is none of the stuffed zeros and restarts among samples."""
    while True:
        at = data.index(b"\xff", at)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
