"""GET /v1/videos: one's own, newest first; and nobody else's."""

from functools import partial

import pytest

from tests.e2e.support.catalog import pages
from tests.e2e.support.clips import cut_short
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json, publish
from tests.e2e.support.shapes import assert_shape
from tests.e2e.support.videos import (
    VIDEO,
    VIDEOS,
    ids,
    listed,
    look,
    path_of,
    processed,
    submit,
)
from tests.e2e.support.waiting import at_once


@pytest.fixture(scope="module")
def videos(beginner: Person, broken: Json) -> list[Json]:
    """Five videos on which nobody works any more, the newest first."""
    new = [submit(beginner, broken, title=f"Number {number}") for number in range(5)]
    return [processed(beginner, video) for video in reversed(new)]


def test_videos_are_listed_newest_first(beginner: Person, videos: list[Json]) -> None:
    answer = beginner.http.get(VIDEOS)
    assert answer.status_code == 200
    assert answer.json() == {"items": videos, "next_cursor": None}
    for video in answer.json()["items"]:
        assert_shape(video, VIDEO, "failure")


def test_no_cache_keeps_ones_videos(beginner: Person, videos: list[Json]) -> None:
    for path in (VIDEOS, path_of(videos[0])):
        assert "no-store" in beginner.http.get(path).headers["cache-control"]


def test_pages_follow_each_other(beginner: Person, videos: list[Json]) -> None:
    found = list(pages(beginner.http, VIDEOS, limit=2))
    assert [page for page in found if page] == [videos[:2], videos[2:4], videos[4:]]


def test_pages_neither_repeat_nor_skip_while_videos_are_added(newcomer: Person) -> None:
    file = publish(newcomer, cut_short())
    before = [submit(newcomer, file)["id"] for _ in range(4)]
    walked = pages(newcomer.http, VIDEOS, limit=2)
    seen = ids(next(walked))
    submit(newcomer, file)
    seen += [video["id"] for page in walked for video in page]
    assert seen == before[::-1]


def test_a_strangers_cursor_shows_nothing_of_his(
    beginner: Person, videos: list[Json], newcomer: Person
) -> None:
    cursor = beginner.http.get(VIDEOS, params={"limit": 2}).json()["next_cursor"]
    answer = newcomer.http.get(VIDEOS, params={"cursor": cursor})
    assert answer.status_code in {200, 400, 422}
    assert answer.json().get("items", []) == []


def test_nobody_sees_the_videos_of_others(
    videos: list[Json], bob: Person, superadmin: Person
) -> None:
    for person in (bob, superadmin):
        assert not {*ids(videos)} & {*ids(listed(person))}
        expect_problem(person.http.get(path_of(videos[0])), 404)


def test_videos_of_the_same_second_are_all_kept(newcomer: Person) -> None:
    file = publish(newcomer, cut_short())
    made = at_once([partial(submit, newcomer, file, title=f"Take {n}") for n in range(5)])
    assert len({*ids(made)}) == 5
    assert {*ids(listed(newcomer))} == {*ids(made)}
    for video in made:
        assert look(newcomer, video)["title"] == video["title"]
