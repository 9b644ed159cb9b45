"""Bytes that are no video, and what looks like one and is none."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.e2e.support.clips import cut_short, sound_alone
from tests.e2e.support.conventions import CODE, LEAK, expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.pictures import png
from tests.e2e.support.sending import Json, download, publish_all
from tests.e2e.support.shapes import assert_shape, failure, text
from tests.e2e.support.videos import (
    FAILED_VIDEO,
    ask_for_video,
    ask_to_hide,
    ask_to_show,
    listed,
    look,
    processed,
    remove,
    submit,
    vote,
)

HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n%b\n#EXT-X-ENDLIST\n"
OTHERS: dict[str, bytes | Callable[[], bytes]] = {
    "nothing": b"",
    "a byte": b"\x00",
    "text": b"This is a video. Trust me.",
    "zeros": bytes(1000),
    "garbage": bytes(range(7, 250)) * 9,
    "HTML": b"<!doctype html><video src=x onerror=alert(1)>",
    "a playlist of a file": HLS % b"file:///etc/passwd",
    "a playlist of an address": HLS % b"http://127.0.0.1/segment.ts",
    "a list to concatenate": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a manifest": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "a session": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n",
    "a picture": png(),
    "a sound": partial(sound_alone, "wav"),
    "a ZIP": b"PK\x05\x06" + bytes(18),
}
BROKEN = {"cut short": cut_short, "sound alone": sound_alone}


def bytes_of(content: bytes | Callable[[], bytes]) -> bytes:
    """What is in the file: given, or made when it is needed."""
    return content if isinstance(content, bytes) else content()


@pytest.fixture(scope="module")
def joker(base_url: str) -> Person:
    """Somebody who uploads what is no video as one."""
    return register(base_url)


@pytest.fixture(scope="module")
def files(joker: Person) -> dict[str, Json]:
    """All of it in files that are called videos."""
    fields = {"file_name": "holiday.mp4", "content_type": "video/mp4"}
    contents = OTHERS | BROKEN
    made = publish_all(joker, [(fields, bytes_of(each)) for each in contents.values()])
    return dict(zip(contents, made, strict=True))


@pytest.fixture(scope="module")
def failed(joker: Person, files: dict[str, Json]) -> dict[str, Json]:
    """What became of those that look like videos."""
    new = {name: submit(joker, files[name], title=name) for name in BROKEN}
    return {name: processed(joker, video) for name, video in new.items()}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_video_is_refused(joker: Person, files: dict[str, Json], name: str) -> None:
    expect_problem(ask_for_video(joker, files[name]), 415)
    assert files[name]["id"] not in [video["file_id"] for video in listed(joker)]
    assert download(joker, files[name]["id"]).content == bytes_of(OTHERS[name])


@pytest.mark.parametrize("name", BROKEN)
def test_what_only_looks_like_a_video_fails_and_says_why(
    joker: Person, failed: dict[str, Json], name: str
) -> None:
    video = failed[name]
    assert_shape(video, FAILED_VIDEO, "failure")
    assert failure(video["failure"])
    assert CODE.match(video["failure"]["code"])
    assert text(video["failure"]["detail"])
    assert len(video["failure"]["detail"].split()) >= 3
    assert not LEAK.search(str(video["failure"]))
    assert look(joker, video) == video
    assert video in listed(joker)


@pytest.mark.parametrize("name", BROKEN)
def test_what_failed_is_shown_to_nobody(
    joker: Person, failed: dict[str, Json], ana: Person, name: str
) -> None:
    expect_problem(ask_to_show(joker, failed[name]), 409, "video_not_ready")
    expect_problem(ask_to_hide(joker, failed[name]), 409, "video_not_ready")
    expect_problem(vote(ana, failed[name]), 404)
    assert look(joker, failed[name]) == failed[name]


def test_what_failed_can_be_deleted(joker: Person, files: dict[str, Json]) -> None:
    video = processed(joker, submit(joker, files["cut short"]))
    assert video["status"] == "failed"
    assert remove(joker, video).status_code == 204
    expect_problem(joker.http.get(f"/v1/videos/{video['id']}"), 404)
    assert video["id"] not in [each["id"] for each in listed(joker)]
