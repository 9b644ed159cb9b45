"""POST /v1/videos: what comes of it at once, and bodies that are wrong."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import escaped_json, raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json, publish, reserve
from tests.e2e.support.shapes import assert_shape, seconds_from_now
from tests.e2e.support.videos import (
    NEW_VIDEO,
    VIDEOS,
    ask_for_video,
    listed,
    look,
    processed,
    submit,
    video_body,
)

GOOD_TITLES = {
    "one character": "x",
    "accents": "Ca\u00f1\u00f3n \u00c9lan",
    "emoji": "\U0001f469\u200d\U0001f692 \U0001f1e8\U0001f1f4",
    "markup": "<script>alert(1)</script> & \"quotes\" 'too'",
    "looks like SQL": "'; DROP TABLE videos; --",
    "100 letters": "n" * 100,
}
NO_TITLES: list[Any] = [None, "", " ", "\t \n", "a\x00b", "t" * 5000, 7, True, [], {}]
NO_FILES: list[Any] = [ABSENT, "x", "", ABSENT[:-1], None, 7, True, [], [ABSENT], {}]
OURS: Json = {
    "id": ABSENT, "status": "public", "votes": 1000, "owner_id": ABSENT, "duration": 1.0,
    "processed_url": "http://example.com/", "created_at": "2020-01-01T00:00:00Z", "surprise": 1,
}  # fmt: skip


def expect_unmade(beginner: Person, body: Json, pointer: str) -> None:
    """The body is refused, and there is no video more than before."""
    before = listed(beginner)
    expect_invalid(beginner.http.post(VIDEOS, json=body), pointer)
    assert len(listed(beginner)) == len(before)


def test_a_new_video_is_being_processed(beginner: Person, broken: Json) -> None:
    video = submit(beginner, broken, title="The first")
    assert_shape(video, NEW_VIDEO, "failure")
    assert video.get("failure") is None
    assert (video["file_id"], video["title"], video["votes"]) == (broken["id"], "The first", 0)
    assert abs(seconds_from_now(video["created_at"])) < 60
    stays = ("id", "file_id", "title", "created_at")
    assert [look(beginner, video)[name] for name in stays] == [video[name] for name in stays]


@pytest.mark.parametrize("title", GOOD_TITLES.values(), ids=GOOD_TITLES.keys())
def test_a_title_is_kept_exactly(beginner: Person, broken: Json, title: str) -> None:
    video = submit(beginner, broken, title=title)
    assert video["title"] == title == look(beginner, video)["title"]


@pytest.mark.parametrize("title", NO_TITLES, ids=lambda title: ascii(title)[:20])
def test_what_is_no_title_is_refused(beginner: Person, broken: Json, title: Any) -> None:
    expect_unmade(beginner, video_body(broken, title=title), "/title")


def test_surrogates_are_no_title(beginner: Person, broken: Json) -> None:
    body = video_body(broken, title="a\ud800b")
    expect_problem(beginner.http.post(VIDEOS, **escaped_json(body)), {400, 422})


@pytest.mark.parametrize("file_id", NO_FILES, ids=ascii)
def test_a_file_that_there_is_not_is_named(beginner: Person, broken: Json, file_id: Any) -> None:
    expect_unmade(beginner, video_body(broken, file_id=file_id), "/file_id")


def test_somebody_elses_file_looks_as_if_it_were_absent(
    ana: Person, superadmin: Person, broken: Json
) -> None:
    for person in (ana, superadmin):
        answers = [ask_for_video(person, file) for file in (broken, {"id": ABSENT})]
        told = [expect_problem(answer, 422) | {"request_id": ""} for answer in answers]
        assert str(told[0]).replace(broken["id"], "") == str(told[1]).replace(ABSENT, "")
        expect_invalid(answers[0], "/file_id")


def test_an_upload_is_no_file(beginner: Person) -> None:
    expect_unmade(beginner, video_body(reserve(beginner, 1)), "/file_id")


def test_a_deleted_file_is_no_file_any_more(beginner: Person) -> None:
    file = publish(beginner, b"no video at all")
    assert beginner.http.delete(f"/v1/files/{file['id']}").status_code == 204
    expect_unmade(beginner, video_body(file), "/file_id")


@pytest.mark.parametrize("field", ["file_id", "title"])
def test_a_missing_field_is_named(beginner: Person, broken: Json, field: str) -> None:
    body = video_body(broken)
    del body[field]
    expect_unmade(beginner, body, f"/{field}")


@pytest.mark.parametrize("field", OURS)
def test_what_the_server_writes_is_no_field_of_a_body(
    beginner: Person, broken: Json, field: str
) -> None:
    expect_unmade(beginner, video_body(broken) | {field: OURS[field]}, f"/{field}")


def test_all_that_is_wrong_is_named_at_once(ana: Person) -> None:
    answer = ana.http.post(VIDEOS, json={"file_id": "x", "title": 7, "surprise": 1})
    for pointer in ("/file_id", "/title", "/surprise"):
        expect_invalid(answer, pointer)


@pytest.mark.parametrize("text", ['{"title": "a', "title=a", b'{"title": "\xff"}', "{} {}"])
def test_a_body_that_is_no_json_is_refused(ana: Person, text: str | bytes) -> None:
    expect_problem(ana.http.post(VIDEOS, **raw_json(text)), 400)


@pytest.mark.parametrize("text", ["", "null", "[]", "7"])
def test_a_body_has_to_be_an_object(ana: Person, text: str) -> None:
    expect_problem(ana.http.post(VIDEOS, **raw_json(text)), {400, 422})


def test_another_media_type_is_refused(ana: Person) -> None:
    expect_problem(ana.http.post(VIDEOS, **raw_json("{}", "text/plain")), 415)


def test_who_is_nobody_makes_no_video(anonymous: httpx.Client, broken: Json) -> None:
    expect_problem(anonymous.post(VIDEOS, json=video_body(broken)), 401)
    expect_problem(anonymous.post(VIDEOS, **raw_json("{broken")), 401)


def test_a_file_may_become_several_videos(beginner: Person, broken: Json) -> None:
    new = [submit(beginner, broken, title=title) for title in ("Once", "Once more")]
    once, more = (processed(beginner, video) for video in new)
    assert (once["title"], more["title"]) == ("Once", "Once more")
    assert once["id"] != more["id"]
    assert once["file_id"] == more["file_id"] == broken["id"]
