"""Renditions of whatever somebody sends: uniform, within limits, of one file and nothing else."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import pytest

from fragua.videos.layout import Layout
from fragua.videos.studio import Studio
from tests.support.footage import clip, ffmpeg, frames
from tests.support.hostile_clips import HOSTILE, box, replaced

from .clips import COPY, found, refusal, rendered, source

FAST = ("-preset", "ultrafast", "-pix_fmt", "yuv420p")


def white(width: int, height: int, *more: str, ending: str = "mp4") -> bytes:
    """Make a clip of one frame whose upper half is white, the lower one black."""
    half = f"color=white:size={width}x{height // 2}:rate=1:duration=1"
    drawn = f"{half},pad={width}:{height}:0:0"
    return ffmpeg("-f", "lavfi", "-i", drawn, *FAST, *more, ending=ending)


def test_a_rendition_is_h264_and_aac_in_the_frame_that_was_asked_for(tmp_path: Path) -> None:
    picture, sound = found(rendered(tmp_path, clip()))
    assert (picture.kind, picture.codec, picture.packets) == ("video", "h264", 25)
    assert (picture.width, picture.height, picture.pixel) == (160, 90, Fraction(1))
    assert (sound.kind, sound.codec) == ("audio", "aac")
    assert picture.seconds == pytest.approx(1.0)


def test_whoever_watches_need_not_wait_for_the_end_of_the_file(tmp_path: Path) -> None:
    made = rendered(tmp_path, clip()).read_bytes()
    assert 0 < made.index(b"moov") < made.index(b"mdat")


def test_a_clip_without_sound_gets_silence(tmp_path: Path) -> None:
    picture, sound = found(rendered(tmp_path, clip(sound=False)))
    assert sound.codec == "aac"
    assert sound.seconds == pytest.approx(picture.seconds, abs=0.2)


def test_a_silence_is_as_long_as_its_picture_however_busy_the_machine_is(tmp_path: Path) -> None:
    def lasting(number: int) -> list[float]:
        (folder := tmp_path / str(number)).mkdir()
        return [stream.seconds for stream in found(rendered(folder, data))]

    data = clip(0.4, sound=False)
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lasting, range(24)))
    assert max(abs(sound - picture) for picture, sound in seen) < 0.05


def test_only_the_first_seconds_are_shown(tmp_path: Path) -> None:
    picture, sound = found(rendered(tmp_path, clip(2.0), seconds=0.4))
    assert picture.seconds == pytest.approx(0.4)
    assert sound.seconds == pytest.approx(0.4, abs=0.05)


@pytest.mark.parametrize(("shown", "heard"), [(0.4, 2), (2, 0.4)])
def test_a_video_lasts_as_long_as_its_picture(tmp_path: Path, shown: float, heard: float) -> None:
    tone = ("-f", "lavfi", "-i", f"sine=duration={heard}", "-map", "0:v", "-map", "1:a")
    data = ffmpeg("-i", "given", *tone, "-c:v", "copy", ending="mp4", given=clip(float(shown)))
    picture, sound = found(rendered(tmp_path, data))
    assert picture.seconds == pytest.approx(shown, abs=0.05)
    assert sound.seconds <= shown + 0.1


@pytest.mark.parametrize(
    ("ending", "demuxer", "options"),
    [
        ("mov", "mov", ("-c:v", "prores", "-c:a", "pcm_s16le")),
        ("mp4", "mov", ("-c:v", "libx265", "-preset", "ultrafast", "-c:a", "aac")),
        ("mp4", "mov", ("-c:v", "libaom-av1", "-cpu-used", "8", "-c:a", "libopus")),
        ("webm", "matroska", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libvorbis")),
        ("avi", "avi", ("-c:v", "mjpeg", "-c:a", "libmp3lame")),
        ("mpg", "mpeg", ("-c:v", "mpeg2video", "-c:a", "mp2")),
    ],
)
def test_cameras_phones_and_browsers_are_understood(
    tmp_path: Path, ending: str, demuxer: str, options: tuple[str, ...]
) -> None:
    data = ffmpeg("-i", "given", *options, ending=ending, given=clip(0.4))
    picture, sound = found(rendered(tmp_path, data, demuxer))
    assert (picture.codec, sound.codec) == ("h264", "aac")
    assert picture.packets >= 10


def test_a_video_of_a_phone_comes_upright(tmp_path: Path) -> None:
    # As phones do: the pixels lie, and a matrix tells how to turn them.
    turned = ffmpeg("-display_rotation:v:0", "180", *COPY, ending="mp4", given=white(160, 90))
    (top,) = frames(rendered(tmp_path, turned).read_bytes(), (1, 2), at=[0])
    assert top[0] < 40
    assert top[3] > 215


def test_a_portrait_stands_between_black(tmp_path: Path) -> None:
    flat = ffmpeg("-f", "lavfi", "-i", "color=white:size=90x160:d=1", *FAST, ending="mp4")
    turned = ffmpeg("-display_rotation:v:0", "90", *COPY, ending="mp4", given=white(160, 90))
    for data in (flat, turned):
        made = rendered(tmp_path, data)
        assert (found(made)[0].width, found(made)[0].height) == (288, 162)
        (row,) = frames(made.read_bytes(), (32, 1), at=[0])
        assert max(row[:27]) < 40
        assert max(row[-27:]) < 40
        assert max(row[45:51]) > 100


@pytest.mark.parametrize("rate", ["240", "120000/1001", "24000/1001", "5"])
def test_no_more_than_thirty_frames_a_second_are_shown(tmp_path: Path, rate: str) -> None:
    above, _, below = rate.partition("/")
    (picture, _) = found(rendered(tmp_path, clip(1.0, rate=rate)))
    assert picture.packets == pytest.approx(min(30, int(above) / int(below or 1)), abs=1)


def test_a_variable_rate_keeps_its_time(tmp_path: Path) -> None:
    some = "testsrc2=duration=2:size=160x90:rate=25,select='not(mod(n,7))+eq(n,1)+eq(n,49)'"
    data = ffmpeg("-f", "lavfi", "-i", some, "-fps_mode", "vfr", *FAST, ending="mp4")
    assert found(rendered(tmp_path, data))[0].seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(("width", "height"), [(7680, 4320), (3000, 20), (16, 2000), (161, 91)])
def test_any_size_is_brought_into_720p(tmp_path: Path, width: int, height: int) -> None:
    drawn = f"color=red:size={width}x{height}:rate=1:duration=1"
    lossless = ("-preset", "ultrafast", "-pix_fmt", "yuv444p")
    made = rendered(tmp_path, ffmpeg("-f", "lavfi", "-i", drawn, *lossless, ending="mp4"))
    picture = found(made)[0]
    assert (picture.width * 9, picture.width <= 1280) == (picture.height * 16, True)


def test_more_than_8k_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    drawn = "color=red:size=8194x4610:rate=1:duration=1"
    said = refusal(tmp_path, ffmpeg("-f", "lavfi", "-i", drawn, *FAST, ending="mp4"))
    assert (said.code, "8194 x 4610" in said.reason) == ("too_large", True)


def test_places_and_cameras_are_nobody_elses_business(tmp_path: Path) -> None:
    told = ("-metadata", "location=+48.85+002.35/", "-metadata", "title=Secret", "-movflags")
    data = ffmpeg(*COPY, *told, "use_metadata_tags", ending="mp4", given=clip())
    assert b"+48.85" in data
    made = rendered(tmp_path, data).read_bytes()
    assert b"+48.85" not in made
    assert b"Secret" not in made


def test_what_was_cut_off_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = ffmpeg(*COPY, "-movflags", "+faststart", ending="mp4", given=clip(2.0))
    picture = found(rendered(tmp_path, whole[: len(whole) // 2]))[0]
    assert 0.2 < picture.seconds < 1.8


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE)
def test_what_can_not_be_shown_is_refused_with_a_reason(
    tmp_path: Path, data: Callable[[], bytes], code: str
) -> None:
    said = refusal(tmp_path, data())
    assert (said.code, said.reason[-1]) == (code, ".")


def test_a_decoder_that_nobody_needs_is_not_there(tmp_path: Path) -> None:
    odd = ffmpeg("-i", "given", "-c:v", "ffv1", "-an", ending="mkv", given=clip(0.2))
    said = refusal(tmp_path, odd, "matroska")
    assert (said.code, "ffv1" in said.reason) == ("unsupported", True)


@pytest.mark.parametrize("demuxer", ["mov", "matroska", "avi", "mpeg"])
@pytest.mark.parametrize("kind", ["hls", "concat", "dash", "sdp"])
def test_a_file_that_names_others_reads_none_and_opens_no_socket(
    tmp_path: Path, demuxer: str, kind: str
) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(clip())
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a.mp4"
        text = {
            "hls": f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
            "concat": f"ffconcat version 1.0\nfile '{secret}'\nfile '{url}'\n",
            "dash": f"<?xml version='1.0'?><MPD><BaseURL>{url}</BaseURL></MPD>",
            "sdp": "v=0\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        }[kind]
        assert refusal(tmp_path, text.encode(), demuxer).code in ("damaged", "no_video")
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("demuxer", ["hls", "concat"])
def test_even_what_reads_playlists_would_get_nothing_to_read(tmp_path: Path, demuxer: str) -> None:
    (tmp_path / "secret.mp4").write_bytes(clip())
    text = {
        "hls": f"#EXTM3U\n#EXTINF:1,\nfile://{tmp_path}/secret.mp4\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile 'file://{tmp_path}/secret.mp4'\n",
    }[demuxer]
    assert refusal(tmp_path, text.encode(), demuxer).code in ("damaged", "no_video")
    # By the list of protocols alone: with another one it would be read.
    listed = tmp_path / "source"
    allowed = ("-protocol_whitelist", "file", "-safe", "0") if demuxer == "concat" else ()
    allowed = allowed or ("-protocol_whitelist", "file", "-allowed_extensions", "ALL")
    assert ffmpeg(*allowed, "-f", demuxer, "-i", str(listed), "-c", "copy", ending="mp4")


def test_a_video_whose_data_lie_in_another_file_does_not_show_that(tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(ffmpeg("-f", "lavfi", "-i", "color=white:d=1", *FAST, ending="mp4"))
    # QuickTime's data reference: "my samples are over there".
    inside = box(b"url ", b"\0\0\0\1")
    away = box(b"url ", b"\0\0\0\0" + f"file://{secret}".encode() + b"\0")
    made = rendered(tmp_path, replaced(clip(), inside, away))
    # Its own colours, which have no grey among them.
    (shown,) = frames(made.read_bytes(), (6, 1))
    assert max(shown) - min(shown) > 150


def test_a_poster_is_a_frame_of_the_video(tmp_path: Path) -> None:
    poster, studio = tmp_path / "poster.jpg", Studio(tmp_path)
    given, frame = studio.look(source(tmp_path, white(160, 90))), Layout((160, 90), (160, 90))
    studio.render(given, "made.mp4", frame, poster=poster)
    assert poster.read_bytes().startswith(b"\xff\xd8\xff")
    (shown,) = frames(poster.read_bytes(), (1, 2), at=[0])
    assert shown[0] > 215
    assert shown[3] < 40


@pytest.mark.parametrize("levels", ["tv", "pc"])
@pytest.mark.parametrize("poster", [True, False])
def test_every_rendition_takes_the_same_range_of_colours(
    tmp_path: Path, levels: str, poster: bool
) -> None:
    # Phones write the full range (pc); and what has a poster is put together with what has none.
    drawn = ("-vf", f"scale=out_range={levels},format=yuv420p:color_ranges={levels}")
    studio, data = Studio(tmp_path), white(160, 90, *drawn)
    given, frame = studio.look(source(tmp_path, data)), Layout((160, 90), (160, 90))
    aside = tmp_path / "poster.jpg" if poster else None
    made = studio.render(given, "made.mp4", frame, poster=aside)
    with av.open(made) as container:
        assert container.streams.video[0].pix_fmt == "yuv420p"
    # The first row and the last one, for those between are scaled together.
    (shown,) = frames(made.read_bytes(), (1, 18), at=[0])
    assert min(shown[:3]) > 250
    assert max(shown[-3:]) < 5


def test_renditions_are_put_together_in_their_order(tmp_path: Path) -> None:
    studio, clips = Studio(tmp_path), []
    frame = Layout((160, 90), (160, 90))
    for name, colour in (("a", "red"), ("b", "lime"), ("c", "blue")):
        drawn = f"color={colour}:size=160x90:rate={25 if name == 'b' else 30}:duration=0.4"
        data = ffmpeg("-f", "lavfi", "-i", drawn, *FAST, ending="mp4")
        clips.append(studio.render(studio.look(source(tmp_path, data)), f"{name}.mp4", frame))
    whole = studio.join(clips, "whole.mp4")
    assert studio.measure(whole).seconds == pytest.approx(1.2, abs=0.1)
    shown = frames(whole.read_bytes(), (1, 1), at=[0.2, 0.6, 1.0])
    assert [colour.index(max(colour)) for colour in shown] == [0, 1, 2]


def test_a_watermark_stands_in_the_corner(tmp_path: Path) -> None:
    drawn = ("-f", "lavfi", "-i", "color=lime:size=40x40", "-frames:v", "1")
    (mark := tmp_path / "mark.png").write_bytes(ffmpeg(*drawn, ending="png"))
    black = ffmpeg("-f", "lavfi", "-i", "color=black:size=320x180:d=0.2", *FAST, ending="mp4")
    studio, frame = Studio(tmp_path), Layout((320, 180), (320, 180))
    for data in (clip(0.2, "320x180"), black):
        given = studio.look(source(tmp_path, data))
        made = studio.render(given, "made.mp4", frame, watermark=mark)
        (shown,) = frames(made.read_bytes(), (16, 9), at=[0])
        # The last but one of the columns, and of the rows.
        red, green, blue = shown[-54:-51]
        assert green > 200
        assert max(red, blue) < 80
