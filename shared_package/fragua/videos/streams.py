"""What is in a file, as ffmpeg's framecrc muxer tells it: made to be read by programs.

    #tb 0: 1/12800
    #media_type 0: video
    #codec_id 0: h264
    #dimensions 0: 640x360
    #sar 0: 1/1
    0,  0,  0,  512,  7319, 0xea44782a

A line without `#` is a packet: stream, dts, pts, duration (in units of `tb`), bytes, checksum.
Source: https://ffmpeg.org/ffmpeg-formats.html#framecrc
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

_HEADER = re.compile(r"#(\w+) (\d+): (.+)")


@dataclass(frozen=True)
class Stream:
    """A stream: `video` or `audio`, its codec, how many packets were read, and their seconds.

    Of a picture also the size in pixels and the shape of one pixel (width / height).
    """

    kind: str
    codec: str
    packets: int
    seconds: float
    width: int = 0
    height: int = 0
    pixel: Fraction = Fraction(1)


def read(text: str) -> list[Stream]:
    """Read what framecrc wrote."""
    headers: dict[int, dict[str, str]] = {}
    packets: dict[int, list[list[int]]] = {}
    for line in text.splitlines():
        if found := _HEADER.fullmatch(line):
            name, number, value = found.groups()
            headers.setdefault(int(number), {})[name] = value
        elif not line.startswith("#"):
            number, _dts, *times = map(_number, line.split(",")[:4])
            packets.setdefault(number, []).append(times)
    return [_stream(headers[number], packets.get(number, [])) for number in sorted(headers)]


def _stream(header: dict[str, str], packets: list[list[int]]) -> Stream:
    width, height = map(int, header.get("dimensions", "0x0").split("x"))
    return Stream(
        kind=header.get("media_type", ""),
        codec=header.get("codec_id", ""),
        packets=len(packets),
        seconds=_seconds(packets, Fraction(header.get("tb", "1"))),
        width=width,
        height=height,
        # 0/1 says that nobody knows; then pixels are square, as they are nearly everywhere.
        pixel=_fraction(header.get("sar", "1/1")) or Fraction(1),
    )


def _seconds(packets: Iterable[list[int]], unit: Fraction) -> float:
    ends = [start + duration for start, duration in packets]
    return float(max(ends, default=0) * unit)


def _number(text: str) -> int:
    """Read a number; a time that nobody knows is written as a word."""
    return int(text) if text.strip().lstrip("-").isdigit() else 0


def _fraction(text: str) -> Fraction:
    above, _, below = text.partition("/")
    return Fraction(int(above), int(below)) if int(below or 0) else Fraction(0)
