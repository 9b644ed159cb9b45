"""GET /v1/public/rankings: owners of public videos by the votes of these."""

import httpx
import pytest

from tests.e2e.support.catalog import pages
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import assert_shape
from tests.e2e.support.town import POSITIONS, VOTES, Town
from tests.e2e.support.videos import (
    RANK,
    RANKINGS,
    exhibited,
    hide,
    ranking,
    show,
    voted,
    withdrawn,
)

# What is asked for behind the town's name, and who is found: all of them, or one.
CITIES: dict[str, set[int]] = {
    "": {0, 1, 2, 3}, "%": {1}, "%X": {1}, "_": {2}, "_x": {2}, "\u00e9": {3}, "\u00c9X": {3},
    "x": set(), "__": set(), "\\": set(), "\\%": set(), "*": set(), "'": set(), "n" * 200: set(),
}  # fmt: skip


def people(ranks: list[Json]) -> list[str]:
    """Who is ranked, in the order of the ranking."""
    return [rank["user_id"] for rank in ranks]


def places(anonymous: httpx.Client, town: Town) -> list[tuple[int, int]]:
    """Position and votes of each of the town's people, in the order of these."""
    found = {rank["user_id"]: rank for rank in ranking(anonymous, city=town.name)}
    ranks = [found[person.user["id"]] for person in town.people]
    return [(rank["position"], rank["votes"]) for rank in ranks]


def test_who_has_as_many_votes_has_the_same_position(town: Town, anonymous: httpx.Client) -> None:
    ranks = ranking(anonymous, city=town.name)
    assert [rank["position"] for rank in ranks] == POSITIONS
    assert [rank["votes"] for rank in ranks] == [2, 2, 1, 0]
    ids = [person.user["id"] for person in town.people]
    assert {*people(ranks[:2])} == {*ids[:2]}
    assert people(ranks[2:]) == ids[2:]


def test_a_rank_says_who_it_is(town: Town, anonymous: httpx.Client) -> None:
    found = {rank["user_id"]: rank for rank in ranking(anonymous, city=town.name)}
    assert len(found) == len(town.people)
    for number, person in enumerate(town.people):
        rank = found[person.user["id"]]
        assert_shape(rank, RANK)
        assert rank["name"] == f"{person.user['first_name']} {person.user['last_name']}"
        assert rank["city"] == person.user["city"]
        assert rank["votes"] == len(VOTES.get(number, []))


def test_the_order_is_always_the_same(
    town: Town, anonymous: httpx.Client, bob: Person, superadmin: Person
) -> None:
    first = ranking(anonymous, city=town.name)
    for http in (anonymous, bob.http, superadmin.http, anonymous, anonymous):
        assert ranking(http, city=town.name) == first


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_have_each_person_once(town: Town, anonymous: httpx.Client, size: int) -> None:
    whole = ranking(anonymous, city=town.name)
    found = list(pages(anonymous, RANKINGS, city=town.name, limit=size))
    assert [page for page in found if page] == [whole[at : at + size] for at in range(0, 4, size)]


def test_the_ranking_of_all_is_in_order_too(town: Town, anonymous: httpx.Client) -> None:
    ranks = next(pages(anonymous, RANKINGS, limit=200))
    votes = [rank["votes"] for rank in ranks]
    assert votes == sorted(votes, reverse=True)
    assert [rank["position"] for rank in ranks] == [votes.index(each) + 1 for each in votes]
    found = people([rank for page in pages(anonymous, RANKINGS, limit=3) for rank in page])
    assert [found.count(person.user["id"]) for person in town.people] == [1] * 4


@pytest.mark.parametrize("rest", CITIES, ids=lambda rest: ascii(rest)[:20])
def test_a_city_is_found_by_its_literal_prefix(
    town: Town, anonymous: httpx.Client, rest: str
) -> None:
    ranks = ranking(anonymous, city=town.name + rest)
    assert {*people(ranks)} == {town.people[number].user["id"] for number in CITIES[rest]}
    assert [rank["position"] for rank in ranks][:1] == [1] * bool(ranks)


def test_case_makes_no_difference(town: Town, anonymous: httpx.Client) -> None:
    first = ranking(anonymous, city=town.name)
    for city in (town.name.upper(), town.name.lower(), town.name.swapcase()):
        assert ranking(anonymous, city=city) == first


def test_the_votes_of_all_public_videos_are_added(town: Town, anonymous: httpx.Client) -> None:
    assert places(anonymous, town) == [(1, 2), (1, 2), (3, 1), (4, 0)]
    with exhibited(town.mayor, town.spare):
        assert places(anonymous, town) == [(1, 2), (1, 2), (3, 1), (4, 0)]
        voted(town.people[3], town.spare)
        assert places(anonymous, town) == [(1, 3), (2, 2), (3, 1), (4, 0)]
        withdrawn(town.people[3], town.spare)
    assert places(anonymous, town) == [(1, 2), (1, 2), (3, 1), (4, 0)]


def test_votes_go_with_a_hidden_video_and_come_back_with_it(
    town: Town, anonymous: httpx.Client
) -> None:
    with exhibited(town.mayor, town.spare):
        for voter in town.people[2:]:
            voted(voter, town.spare)
        hide(town.mayor, town.spare)
        assert places(anonymous, town)[0] == (1, 2)
        show(town.mayor, town.spare)
        assert places(anonymous, town) == [(1, 4), (2, 2), (3, 1), (4, 0)]
        for voter in town.people[2:]:
            withdrawn(voter, town.spare)


def test_who_shows_nothing_is_in_no_ranking(
    filmmaker: Person, shown: Json, anonymous: httpx.Client
) -> None:
    city = filmmaker.user["city"]
    assert people(ranking(anonymous, city=city)) == [filmmaker.user["id"]]
    hide(filmmaker, shown)
    assert ranking(anonymous, city=city) == []
