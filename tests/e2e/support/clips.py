"""Clips whose pictures say how they hang, what only looks like a clip, and what a rendition is."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any

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
    """What ffmpeg reads from a file: a codec by each kind of stream; `shape` as it is displayed."""

    codecs: dict[str, str]
    size: tuple[int, int]
    shape: Fraction
    seconds: float


def rendition(video: bytes) -> Rendition:
    """Read the heading and the packets of ffmpeg's framecrc."""
    plain = ("-map", "0", "-c", "copy", "-f", "framecrc")
    lines = ffmpeg("-i", "given", *plain, ending="crc", given=video).decode().splitlines()
    told = _told([line for line in lines if line.startswith("#")])
    kinds: dict[str, str] = told["media_type"]
    picture = next(stream for stream, kind in kinds.items() if kind == "video")
    width, height = map(int, told["dimensions"][picture].split("x"))
    # 0/1 is a pixel whose shape nobody told.
    aspect = Fraction(told.get("sar", {}).get(picture, "1/1")) or Fraction(1)
    return Rendition(
        codecs={kinds[stream]: codec for stream, codec in told["codec_id"].items()},
        size=(width, height),
        shape=aspect * Fraction(width, height),
        seconds=_end([line for line in lines if not line.startswith("#")], told["tb"]),
    )


def _told(heading: list[str]) -> dict[str, Any]:
    """`#codec_id 0: h264` and its like: values by stream by name."""
    told: dict[str, Any] = {}
    for line in heading:
        name, _, value = line[1:].partition(": ")
        words = name.split()
        if len(words) == 2:
            told.setdefault(words[0], {})[words[1]] = value.strip()
    return told


def _end(packets: list[str], bases: dict[str, str]) -> float:
    """Where the last packet ends, in seconds."""
    ends = []
    for packet in packets:
        stream, _, shown, lasts = packet.split(",")[:4]
        ends.append((int(shown) + int(lasts)) * Fraction(bases[stream.strip()]))
    return float(max(ends))


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
