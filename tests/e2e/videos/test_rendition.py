"""What a video becomes: H.264 and AAC in an MP4 that begins to play at once, and a poster."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial
from io import BytesIO

import httpx
import pytest
from PIL import Image

from tests.e2e.support.clients import store
from tests.e2e.support.clips import boxes, frame, portrait, rendition, turned
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.pictures import alike, pixel
from tests.e2e.support.sending import Json, publish_all
from tests.e2e.support.shapes import assert_shape
from tests.e2e.support.videos import (
    READY_VIDEO,
    ask_to_hide,
    ask_to_show,
    content,
    look,
    part,
    ready,
    submit,
    vote,
)
from tests.support.footage import clip

WIDE = Fraction(16, 9)
BLUE, RED, WHITE = (0, 0, 255), (255, 0, 0), (255, 255, 255)
# Codecs may take the colours for those of another standard.
close_to = partial(alike, by=70)
# How each is made, its size as displayed, and its seconds.
CLIPS: dict[str, tuple[Callable[[], bytes], tuple[int, int], int]] = {
    "small": (clip, (160, 90), 1),
    "large": (partial(clip, size="1920x1080", rate="5"), (1920, 1080), 1),
    "portrait": (portrait, (90, 160), 1),
    "turned": (turned, (90, 160), 1),
    "long": (partial(clip, seconds=40, rate="5"), (160, 90), 40),
}


@dataclass(frozen=True)
class Studio:
    """Videos by their kinds, and what was answered about the last one while it was made."""

    owner: Person
    videos: dict[str, Json]
    early: list[httpx.Response]


@pytest.fixture(scope="module")
def studio(base_url: str, ana: Person) -> Studio:
    """One video of each clip but the film's, submitted and not waited for."""
    owner, names = register(base_url), [name for name in CLIPS if name != "small"]
    contents: list[tuple[Json, bytes]] = [
        ({"file_name": f"{name}.mp4"}, CLIPS[name][0]()) for name in names
    ]
    made = zip(names, publish_all(owner, contents), strict=True)
    videos = {name: submit(owner, file, title=name) for name, file in made}
    last = videos["long"]
    early = [ask_to_show(owner, last), ask_to_hide(owner, last), vote(ana, last)]
    return Studio(owner, videos, early)


@pytest.fixture(params=CLIPS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of clip in turn."""
    return str(request.param)


@pytest.fixture
def video(kind: str, studio: Studio, film: Json) -> Json:
    """The video of that kind, ready."""
    return film if kind == "small" else ready(studio.owner, studio.videos[kind])


@pytest.fixture
def made(video: Json) -> bytes:
    """The video's rendition."""
    return content(video["processed_url"])


def test_what_is_in_the_works_is_shown_to_nobody(studio: Studio) -> None:
    shown, hidden, voted_for = studio.early
    expect_problem(shown, 409, "video_not_ready")
    expect_problem(hidden, 409, "video_not_ready")
    expect_problem(voted_for, 404)


def test_a_rendition_is_one_that_every_browser_plays(kind: str, made: bytes) -> None:
    found = rendition(made)
    assert found.codecs["video"] == "h264"
    # What had no sound may stay without.
    assert found.codecs.get("audio", "aac") == "aac"
    assert ("audio" in found.codecs) or kind == "portrait"
    assert found.codecs.keys() <= {"video", "audio"}
    # Browsers decode H.264 of no other kind of pixels.
    assert found.pixels == "yuv420p"


def test_a_rendition_keeps_every_frame_of_its_half_minute(kind: str, made: bytes) -> None:
    # No clip here has more frames a second than a rendition may have.
    given, found = rendition(CLIPS[kind][0]()), rendition(made)
    assert found.rate == given.rate
    assert found.frames == min(given.frames, 30 * given.rate)


def test_a_rendition_is_wide_and_not_large(made: bytes) -> None:
    found = rendition(made)
    assert found.size[0] <= 1280
    assert found.size[1] <= 720
    assert abs(found.shape / WIDE - 1) < 0.01, found
    # No display matrix turns it again.
    assert frame(made).size == found.size


def test_a_rendition_lasts_half_a_minute_at_most(kind: str, made: bytes) -> None:
    # A frame of sound or of the picture more or less.
    assert abs(rendition(made).seconds - min(CLIPS[kind][2], 30)) < 0.3


def test_a_rendition_begins_to_play_before_all_of_it_is_there(made: bytes) -> None:
    order = boxes(made)
    assert order[0] == "ftyp"
    assert order.index("moov") < order.index("mdat")


def test_a_video_says_how_long_and_how_large_it_is(kind: str, video: Json, made: bytes) -> None:
    assert_shape(video, READY_VIDEO, "failure")
    assert video.get("failure") is None
    created, done = (
        datetime.fromisoformat(video[f"{name}_at"]) for name in ("created", "processed")
    )
    assert created <= done
    # Nobody said whether of the clip or of its rendition.
    found, (_, size, lasts) = rendition(made), CLIPS[kind]
    assert (video["width"], video["height"]) in {size, found.size}
    assert min(abs(video["duration"] - each) for each in (lasts, found.seconds)) < 0.3


def test_a_player_gets_any_part_without_a_token(video: Json, made: bytes) -> None:
    for first, last in ((0, 99), (1000, 1000), (len(made) - 50, len(made) - 1)):
        answer = part(video["processed_url"], first, last)
        assert answer.status_code == 206
        assert answer.content == made[first : last + 1]
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(made)}"
        assert answer.headers["content-type"] == "video/mp4"


def test_a_poster_is_a_picture_that_anybody_gets(video: Json) -> None:
    answer = store().get(video["poster_url"])
    poster = Image.open(BytesIO(answer.content))
    poster.load()
    assert poster.width <= 1280
    assert poster.height <= 720
    assert poster.format
    assert answer.headers["content-type"] == Image.MIME[poster.format]
    some = part(video["poster_url"], 0, 99)
    assert (some.status_code, some.content) == (206, answer.content[:100])


def test_what_stands_upright_is_padded(studio: Studio) -> None:
    video = ready(studio.owner, studio.videos["portrait"])
    shown = frame(content(video["processed_url"]))
    middle, centre, high = shown.width // 2, shown.height // 2, shown.height
    assert close_to(pixel(shown, middle, centre), WHITE)
    # The square is 30 of 160: neither stretched to the sides nor cut out of the middle.
    for aside in (-high // 5, high // 5):
        assert close_to(pixel(shown, middle + aside, centre), BLUE)
        assert close_to(pixel(shown, middle, centre + aside), BLUE)


def test_what_a_camera_held_on_its_side_comes_upright(studio: Studio) -> None:
    video = ready(studio.owner, studio.videos["turned"])
    shown = frame(content(video["processed_url"]))
    middle, quarter = shown.width // 2, shown.height // 4
    for aside in (-quarter // 2, 0, quarter // 2):
        assert close_to(pixel(shown, middle + aside, quarter), BLUE)
        assert close_to(pixel(shown, middle + aside, 3 * quarter), RED)


def test_a_url_made_anew_leads_to_the_same(filmmaker: Person, film: Json) -> None:
    again = look(filmmaker, film)
    assert content(again["processed_url"]) == content(film["processed_url"])
    assert content(again["poster_url"]) == content(film["poster_url"])
