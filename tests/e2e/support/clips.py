"""Clips whose pictures say how they hang, what only looks like a clip, and what a rendition is."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from io import BytesIO

import av
from PIL import Image

from tests.support.footage import clip, ffmpeg

H264 = ("-preset", "ultrafast", "-pix_fmt", "yuv420p")


def _drawn(picture: str, *more: str) -> bytes:
    return ffmpeg("-f", "lavfi", "-i", picture, *more, *H264, ending="mp4")


@cache
def portrait() -> bytes:
    """90 by 160, without sound: a white square of 30 by 30 in the middle of blue."""
    return _drawn("color=blue:s=90x160:r=25:d=1,drawbox=30:65:30:30:white:fill")


@cache
def turned() -> bytes:
    """Stored as 160 by 90 with a display matrix; shown it is 90 by 160, blue above red."""
    tone = ("-f", "lavfi", "-i", "sine=duration=1")
    lying = _drawn("color=red:s=80x90:r=25:d=1,pad=160:90:0:0:blue", *tone)
    # Degrees counterclockwise: what is on the right goes up.
    return ffmpeg("-display_rotation", "90", "-i", "given", "-c", "copy", ending="mp4", given=lying)


@cache
def cut_short() -> bytes:
    """The first half of an MP4, without the box that says what is in it."""
    half = clip()[: len(clip()) // 2]
    assert b"ftyp" in half[:12]
    assert b"moov" not in half
    return half


@cache
def sound_alone(ending: str = "mp4") -> bytes:
    """A tone without any picture."""
    return ffmpeg("-f", "lavfi", "-i", "sine=duration=1", ending=ending)


@dataclass(frozen=True)
class Rendition:
    """What PyAV reads from a file: a codec by each kind of stream; `shape` as it is displayed."""

    codecs: dict[str, str]
    pixels: str
    size: tuple[int, int]
    shape: Fraction
    rate: Fraction
    seconds: float
    frames: int


def rendition(video: bytes) -> Rendition:
    """Read what the file says about its streams, and count the pictures that can be decoded."""
    with av.open(BytesIO(video), "r") as container:
        codecs: dict[str, str] = {
            stream.type: stream.codec_context.name for stream in container.streams
        }
        assert len(codecs) == len(container.streams), "two streams of a kind"
        picture = container.streams.video[0]
        # A pixel whose shape nobody told is a square.
        pixel = picture.sample_aspect_ratio or Fraction(1)
        assert picture.pix_fmt is not None
        assert picture.average_rate is not None
        assert container.duration is not None
        return Rendition(
            codecs=codecs,
            pixels=picture.pix_fmt,
            size=(picture.width, picture.height),
            shape=pixel * Fraction(picture.width, picture.height),
            rate=picture.average_rate,
            seconds=container.duration / av.time_base,
            frames=len(list(container.decode(video=0))),
        )


def boxes(mp4: bytes) -> list[str]:
    """The kinds of the boxes at the top of an MP4, in their order (ISO/IEC 14496-12, 4.2)."""
    found, at = [], 0
    while at < len(mp4):
        size, kind = int.from_bytes(mp4[at : at + 4], "big"), mp4[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(mp4[at + 8 : at + 16], "big")
        found.append(kind.decode("latin-1"))
        at += size or len(mp4)
    return found


def frame(video: bytes) -> Image.Image:
    """The picture after half a second, of the size and turned as it is displayed."""
    shot = ffmpeg("-ss", "0.5", "-i", "given", "-frames:v", "1", ending="png", given=video)
    return Image.open(BytesIO(shot)).convert("RGB")
