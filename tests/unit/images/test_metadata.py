"""Nothing of a file but its pixels is in a thumbnail."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from .drawing import encoded, scene, thumbnails

SECRET = b"Rue de la Paix 1"


def notes() -> dict[str, Any]:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {"exif": exif.tobytes(), "icc_profile": profile, "xmp": b"<x>" + SECRET + b"</x>"}


def png() -> bytes:
    text = PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=True)
    return encoded(scene(), "PNG", pnginfo=text, exif=notes()["exif"])


def animation() -> bytes:
    more = [scene().rotate(90)]
    return encoded(scene(), "WEBP", save_all=True, append_images=more, **notes())


def sources() -> dict[str, bytes]:
    return {
        "jpeg": encoded(scene(), "JPEG", comment=SECRET, **notes()),
        "png": png(),
        "webp": encoded(scene(), "WEBP", **notes()),
        "gif": encoded(scene(), "GIF", comment=SECRET),
        "avif": encoded(scene(), "AVIF", **notes()),
        "heic": encoded(scene(), "HEIF", **notes()),
        "tiff": encoded(scene(), "TIFF", tiffinfo={270: SECRET.decode()}),
        "animation": animation(),
    }


def chunks(riff: bytes) -> Iterator[bytes]:
    """The names of a WebP's chunks."""
    position = 12
    while position < len(riff):
        name, size = struct.unpack_from("<4sI", riff, position)
        yield name
        position += 8 + size + size % 2


def segments(jpeg: bytes) -> Iterator[int]:
    """The markers of a JPEG up to its first scan."""
    position = 2
    while jpeg[position + 1] != 0xDA:
        yield jpeg[position + 1]
        position += 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")


@pytest.mark.parametrize("name", sources())
def test_no_note_profile_or_comment_comes_through(tmp_path: Path, name: str) -> None:
    data = sources()[name]
    assert SECRET in data or name == "png"
    picture = thumbnails(data, tmp_path, 64, 32)
    for each in picture.thumbnails:
        written = (tmp_path / each.file).read_bytes()
        assert SECRET not in written
        if each.content_type == "image/webp":
            assert not {b"EXIF", b"XMP ", b"ICCP"} & set(chunks(written))
        else:
            # JFIF, and what is needed to decode it.
            assert set(segments(written)) <= {0xE0, 0xDB, 0xC0, 0xC4}
