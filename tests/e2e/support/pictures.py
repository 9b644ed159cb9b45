"""Pictures made by code: one by the standard library alone, the others by Pillow."""

from io import BytesIO
from typing import Any
from zlib import compress, crc32

from PIL import Image

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (250, 250, 250)
ORIENTATION = 0x0112
MAKER, ARTIST = 0x010F, 0x013B


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG: length, kind, data, CRC."""
    body = kind + data
    return len(data).to_bytes(4, "big") + body + crc32(body).to_bytes(4, "big")


def header(width: int, height: int) -> bytes:
    """How a PNG of 8 bits of grey begins."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + bytes([8, 0, 0, 0, 0]))


def png() -> bytes:
    """A whole PNG of one grey pixel."""
    return header(1, 1) + chunk(b"IDAT", compress(b"\x00\x80")) + chunk(b"IEND", b"")


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 3.6 thousand million pixels."""
    return header(60_000, 60_000) + chunk(b"IDAT", compress(bytes(1000))) + chunk(b"IEND", b"")


def quarters(width: int, height: int) -> Image.Image:
    """Four rectangles, row by row: red and green, blue and white."""
    picture = Image.new("RGB", (width, height), RED)
    middle, centre = width // 2, height // 2
    picture.paste(GREEN, (middle, 0, width, centre))
    picture.paste(BLUE, (0, centre, middle, height))
    picture.paste(WHITE, (middle, centre, width, height))
    return picture


def encoded(picture: Image.Image, codec: str, **options: Any) -> bytes:
    """A picture as a file of the codec that Pillow calls so."""
    file = BytesIO()
    picture.save(file, codec, **options)
    return file.getvalue()


def drawn(width: int, height: int, codec: str = "JPEG", **options: Any) -> bytes:
    """The four rectangles as a file."""
    return encoded(quarters(width, height), codec, **options)


def tagged(width: int, height: int, orientation: int, artist: str = "Ada") -> bytes:
    """A JPEG as a camera stores it: turned, with a note how it hangs and who made it."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER], exif[ARTIST] = orientation, "a camera", artist
    return drawn(width, height, exif=exif, quality=95)


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours near the four corners, row by row."""
    small, (width, height) = picture.convert("RGB"), picture.size
    across, down = (width // 8, width - 1 - width // 8), (height // 8, height - 1 - height // 8)
    return [pixel(small, x, y) for y in down for x in across]


def pixel(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """The red, green and blue of one place."""
    found = picture.getpixel((x, y))
    assert isinstance(found, tuple)
    return tuple(int(part) for part in found)


def alike(one: tuple[int, ...], other: tuple[int, ...], by: int = 40) -> bool:
    """Whether an eye would call the two colours the same."""
    return all(abs(here - there) <= by for here, there in zip(one, other, strict=True))
