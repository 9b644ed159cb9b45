"""GET /v1/public/videos: what everybody sees of the videos of a town."""

import httpx
import pytest

from tests.e2e.support.catalog import pages
from tests.e2e.support.people import Person
from tests.e2e.support.shapes import assert_shape
from tests.e2e.support.town import VOTES, Town
from tests.e2e.support.videos import (
    EXHIBIT,
    GALLERY,
    content,
    exhibited,
    gallery,
    ids,
    lasting,
    look,
    part,
)

# What is asked for behind the town's name, and whose videos are found, the newest first.
CITIES: dict[str, list[int]] = {
    "": [3, 2, 1, 0], "%": [1], "%X": [1], "_": [2], "_x": [2], "\u00e9": [3], "\u00c9X": [3],
    "x": [], "__": [], "\\": [], "\\%": [], "*": [], ".": [], "'": [], "' OR '1'='1": [],
    "n" * 200: [],
}  # fmt: skip


def seen(anybody: httpx.Client, town: Town, rest: str = "") -> list[int]:
    """Whose videos the gallery shows in a city of the town, in its order."""
    order = ids(town.videos)
    return [order.index(item["id"]) for item in gallery(anybody, city=town.name + rest)]


def test_videos_are_shown_newest_first_with_what_everybody_may_know(
    town: Town, anonymous: httpx.Client
) -> None:
    items = gallery(anonymous, city=town.name)
    assert ids(items) == ids(town.videos)[::-1]
    for number, item in enumerate(reversed(items)):
        assert_shape(item, EXHIBIT)
        person, video = town.people[number].user, town.videos[number]
        assert item["title"] == video["title"]
        assert item["owner_name"] == f"{person['first_name']} {person['last_name']}"
        assert item["owner_city"] == person["city"]
        assert item["votes"] == len(VOTES.get(number, []))


def test_it_plays_without_a_token(town: Town, anonymous: httpx.Client) -> None:
    item = gallery(anonymous, city=f"{town.name}%")[0]
    rest = content(item["processed_url"])
    assert rest == content(look(town.people[1], town.videos[1])["processed_url"])
    answer = part(item["processed_url"], 100, 299)
    assert (answer.status_code, answer.content) == (206, rest[100:300])
    assert part(item["poster_url"], 0, 9).status_code == 206


def test_everybody_sees_the_same(
    town: Town, anonymous: httpx.Client, bob: Person, superadmin: Person
) -> None:
    first = [lasting(item) for item in gallery(anonymous, city=town.name)]
    for http in (bob.http, superadmin.http, town.mayor.http):
        assert [lasting(item) for item in gallery(http, city=town.name)] == first


@pytest.mark.parametrize("rest", CITIES, ids=lambda rest: ascii(rest)[:20])
def test_a_city_is_found_by_its_literal_prefix(
    town: Town, anonymous: httpx.Client, rest: str
) -> None:
    assert seen(anonymous, town, rest) == CITIES[rest]


def test_case_makes_no_difference(town: Town, anonymous: httpx.Client) -> None:
    for city in (town.name.upper(), town.name.lower(), town.name.swapcase()):
        assert ids(gallery(anonymous, city=city)) == ids(town.videos)[::-1]


def test_a_part_that_is_no_prefix_finds_nothing(town: Town, anonymous: httpx.Client) -> None:
    for city in (town.name[1:], f"_{town.name[1:]}", f"%{town.name}"):
        assert gallery(anonymous, city=city) == []


def test_without_a_filter_all_are_shown(town: Town, anonymous: httpx.Client) -> None:
    everything = ids(gallery(anonymous))
    assert [id_ for id_ in everything if id_ in ids(town.videos)] == ids(town.videos)[::-1]
    assert town.spare["id"] not in everything
    assert len({*everything}) == len(everything)


def test_pages_follow_each_other(town: Town, anonymous: httpx.Client) -> None:
    newest = ids(town.videos)[::-1]
    for size in (1, 2, 3):
        found = [ids(page) for page in pages(anonymous, GALLERY, city=town.name, limit=size)]
        assert [page for page in found if page] == [
            newest[at : at + size] for at in range(0, 4, size)
        ]


def test_pages_neither_repeat_nor_skip_while_videos_are_added(
    town: Town, anonymous: httpx.Client
) -> None:
    walked = pages(anonymous, GALLERY, city=town.name, limit=2)
    found = ids(next(walked))
    with exhibited(town.mayor, town.spare):
        found += [item["id"] for page in walked for item in page]
        assert found == ids(town.videos)[::-1]
        assert ids(gallery(anonymous, city=town.name)) == [town.spare["id"], *found]
    assert ids(gallery(anonymous, city=town.name)) == found
