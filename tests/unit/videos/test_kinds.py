"""What a file is that may become a video, by its first bytes."""

from __future__ import annotations

import pytest

from fragua.uploads.detection import detect
from fragua.videos import kinds
from tests.support.footage import clip, ffmpeg

GIVEN = ("-i", "given", "-c", "copy")


@pytest.mark.parametrize(
    ("ending", "options", "expected"),
    [
        ("mp4", GIVEN, "video/mp4"),
        ("mp4", (*GIVEN, "-movflags", "frag_keyframe+empty_moov"), "video/mp4"),
        ("mp4", (*GIVEN, "-movflags", "dash"), "video/mp4"),
        ("mov", GIVEN, "video/quicktime"),
        ("m4v", (*GIVEN, "-an"), "video/mp4"),
        ("3gp", GIVEN, "video/mp4"),
        ("mkv", GIVEN, "video/x-matroska"),
        ("webm", ("-i", "given", "-c:v", "libvpx", "-c:a", "libopus"), "video/webm"),
        ("avi", (*GIVEN, "-an"), "video/x-msvideo"),
        ("mpg", ("-i", "given", "-c:v", "mpeg2video", "-c:a", "mp2"), "video/mpeg"),
    ],
)
def test_the_containers_of_cameras_and_browsers_are_videos(
    ending: str, options: tuple[str, ...], expected: str
) -> None:
    found = detect(ffmpeg(*options, ending=ending, given=clip())[:65_536])
    assert found == expected
    assert found in kinds.DEMUXERS


@pytest.mark.parametrize(
    ("brand", "expected"),
    [
        (b"3gp5", "video/3gpp"),
        (b"iso6", "video/mp4"),
        (b"avc1", "video/mp4"),
        (b"MSNV", "video/mp4"),
    ],
)
def test_a_brand_is_enough(brand: bytes, expected: str) -> None:
    assert detect(b"\0\0\0\x14ftyp" + brand + bytes(4) + brand) == expected


@pytest.mark.parametrize(
    "head",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n",
        b"ffconcat version 1.0\nfile 'a.mp4'\n",
        b"\0\0\0\x14ftypavif\0\0\0\0avif",
        b"\0\0\0\x14ftypXXXX\0\0\0\0XXXX",
        b"\0\0\0\x14moov" + bytes(12),
        b"",
    ],
)
def test_what_only_speaks_of_videos_is_none(head: bytes) -> None:
    assert detect(head) not in kinds.DEMUXERS
