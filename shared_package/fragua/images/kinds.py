"""Which of the formats bytes are in, by their content alone."""

from __future__ import annotations

ALL = ("jpeg", "png", "gif", "webp", "avif", "heic", "tiff", "bmp")

# As many bytes as are looked at.
HEAD = 64

_PREFIXES = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    # BigTIFF.
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
}
# Two letters begin many a text: a BMP also has the length of one of these headers.
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}
# Brands of the ISO base media format, by what they promise. A `mif1` or `msf1` promises only
# the container, so what it is compatible with decides.
_BRANDS = {
    "avif": {b"avif", b"avis"},
    "heic": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"},
}


def detect(head: bytes) -> str | None:
    """The format of a file that begins with `head` (64 bytes of it suffice), None if it has none.

    One of "jpeg", "png", "gif", "webp", "avif", "heic", "tiff", "bmp".
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _brand(head)
    if head[:2] == b"BM":
        return "bmp" if int.from_bytes(head[14:18], "little") in _BMP_HEADERS else None
    return next((kind for prefix, kind in _PREFIXES.items() if head.startswith(prefix)), None)


def _brand(head: bytes) -> str | None:
    """The format that the major brand names, or else the first compatible one that is known."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    for brand in (head[8:12], *(head[at : at + 4] for at in range(16, end, 4))):
        for kind, brands in _BRANDS.items():
            if brand in brands:
                return kind
    return None
