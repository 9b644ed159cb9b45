"""What is no picture, is broken, or would take too much is refused, before it costs anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fragua.errors import Refusal
from fragua.images import kinds, limits
from fragua.images.refusal import anything_refuses
from tests.support.gallery import jpeg_parts
from tests.support.gallery.png_parts import chunk, header, idat, png

from .drawing import encoded, scene, thumbnails

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF", "TIFF", "BMP"]
KINDS = ["jpeg", "png", "gif", "webp", "avif", "heic", "tiff", "bmp"]


def refused(data: bytes, folder: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        thumbnails(data, folder)
    assert not list(folder.glob("*.webp"))
    assert caught.value.reason.endswith(".")
    return caught.value


@pytest.mark.parametrize(("format_", "kind"), list(zip(FORMATS, KINDS, strict=True)))
def test_formats_are_told_by_content(tmp_path: Path, format_: str, kind: str) -> None:
    data = encoded(scene(), format_)
    assert kinds.detect(data[: kinds.HEAD]) == kind
    assert thumbnails(data, tmp_path).format == kind


@given(st.binary(max_size=80))
def test_other_bytes_are_of_no_format(data: bytes) -> None:
    assert kinds.detect(b"<" + data) is None or data[3:7] == b"ftyp"


@pytest.mark.parametrize(
    ("brands", "kind"),
    [
        (b"mif1\0\0\0\0mif1heic", "heic"),
        (b"mif1\0\0\0\0mif1avif", "avif"),
        (b"msf1\0\0\0\0hevc", "heic"),
        (b"isom\0\0\0\0isomavc1", None),
        (b"mif1\0\0\0\0", None),
    ],
)
def test_a_container_is_what_it_is_compatible_with(brands: bytes, kind: str | None) -> None:
    box = (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands
    assert kinds.detect(box + b"avif" * 3) == kind


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"<svg onload='x()'/>", b"%!PS-Adobe", b"8BPS\0\1", b"SIMPLE  = T"]
)
def test_anything_else_is_unsupported(tmp_path: Path, data: bytes) -> None:
    assert refused(data, tmp_path).code == "unsupported"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_that_was_cut_is_refused_and_never_half_shown(
    tmp_path: Path, format_: str, share: float
) -> None:
    grained = Image.merge("RGB", [Image.effect_noise((160, 120), 90)] * 3)
    data = encoded(grained, format_)
    assert refused(data[: int(len(data) * share)], tmp_path).code == "damaged"


@pytest.mark.parametrize("format_", FORMATS)
def test_a_beginning_alone_is_damaged(tmp_path: Path, format_: str) -> None:
    code = refused(encoded(scene(), format_)[:24], tmp_path).code
    assert code in {"damaged", "unsupported"}


@pytest.mark.parametrize(
    "data",
    [
        png(header(60_000, 60_000), idat([b""]), chunk(b"IEND")),
        jpeg_parts.head(jpeg_parts.BASELINE, (30_000, 30_000)) + jpeg_parts.scan(1),
        b"GIF89a" + b"\xff" * 4 + b"\0\0\0" + b",\0\0\0\0\x01\0\x01\0\0\x02\0;",
    ],
    ids=["png", "jpeg", "gif"],
)
def test_a_huge_picture_is_refused_by_its_header(tmp_path: Path, data: bytes) -> None:
    refusal = refused(data, tmp_path)
    assert refusal.code == "too_large"
    assert "million" in refusal.reason


def test_coefficients_that_are_all_held_count(tmp_path: Path) -> None:
    # 80 megapixels of one component, two bytes each, are allowed; of four they are not.
    four = ((1, 1),) * 4
    head = jpeg_parts.head(jpeg_parts.PROGRESSIVE, (10_000, 8_000), four)
    assert refused(head + jpeg_parts.scan(4, 0, 0), tmp_path).code == "too_large"
    limits.pixels((10_000, 8_000), limits.JPEG)


def test_a_jpeg_with_too_many_scans_is_too_complex(tmp_path: Path) -> None:
    head = jpeg_parts.head(jpeg_parts.PROGRESSIVE, (8_000, 8_000))
    scans = jpeg_parts.scan(1, 0, 0) * 19
    assert refused(head + scans + jpeg_parts.EOI, tmp_path).code == "too_complex"


def test_markers_in_what_stands_between_scans_are_no_end(tmp_path: Path) -> None:
    head = jpeg_parts.head(jpeg_parts.PROGRESSIVE, (8_000, 8_000))
    hiding = jpeg_parts.segment(jpeg_parts.COMMENT, jpeg_parts.EOI)
    scans = jpeg_parts.scan(1, 0, 0) + hiding + jpeg_parts.scan(1, 0, 0) * 18
    assert refused(head + scans + jpeg_parts.EOI, tmp_path).code == "too_complex"


def test_a_file_of_too_many_bytes_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="300 MB"):
        limits.file_bytes(300_000_000)


def test_a_raw_photograph_is_no_picture_of_its_preview(tmp_path: Path) -> None:
    preview = encoded(scene(), "TIFF", tiffinfo={254: 1})
    assert refused(preview, tmp_path).code == "unsupported"


@pytest.mark.parametrize(
    ("error", "code"), [(MemoryError(), "too_complex"), (KeyError("x"), "damaged")]
)
def test_whatever_a_decoder_raises_is_a_refusal(error: Exception, code: str) -> None:
    with pytest.raises(Refusal) as caught, anything_refuses():
        raise error
    assert caught.value.code == code
    assert caught.value.__cause__ is error
