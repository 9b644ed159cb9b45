"""What framecrc writes is read."""

from __future__ import annotations

from fractions import Fraction

from fragua.videos import streams
from fragua.videos.streams import Stream

CLIP = """\
#extradata 0:       40, 0x239c0d57
#software: Lavf63.1.102
#tb 0: 1/12800
#media_type 0: video
#codec_id 0: h264
#dimensions 0: 640x360
#sar 0: 64/45
#tb 1: 1/44100
#media_type 1: audio
#codec_id 1: aac
#sample_rate 1: 44100
#channel_layout_name 1: mono
1,      -1024,      -1024,     1024,      256, 0xea44782a, F=0x5, S=1, Skip Samples,       10, 0x00
0,          0,       6400,      6400,     7319, 0x5c2f7a1e
0,       6400,          0,      6400,     7319, 0x5c2f7a1e, F=0x0
"""


def test_streams_have_their_codecs_sizes_and_seconds() -> None:
    assert streams.read(CLIP) == [
        Stream("video", "h264", 2, 1.0, 640, 360, Fraction(64, 45)),
        Stream("audio", "aac", 1, 0.0),
    ]


def test_a_packet_whose_time_nobody_knows_is_a_packet() -> None:
    (found,) = streams.read("#media_type 0: video\n#tb 0: 1/25\n0, NOPTS, NOPTS, 1, 99, 0x00\n")
    assert (found.packets, found.seconds) == (1, 0.04)


def test_nothing_is_no_stream() -> None:
    assert streams.read("#software: Lavf63.1.102\n") == []


def test_pixels_are_square_where_nobody_knows() -> None:
    (found,) = streams.read("#media_type 0: video\n#sar 0: 0/1\n#dimensions 0: 2x2\n#tb 0: 1/1\n")
    assert found == Stream("video", "", 0, 0.0, 2, 2, Fraction(1))
