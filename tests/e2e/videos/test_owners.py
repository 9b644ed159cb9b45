"""Whose account changes or ends: what becomes of his videos in the gallery and the ranking."""

from dataclasses import dataclass

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import Json
from tests.e2e.support.users import changed, removed
from tests.e2e.support.videos import (
    filmed,
    gallery,
    ids,
    new_city,
    ranking,
    show,
    vote,
    voted,
    withdraw,
    withdrawn,
)
from tests.support.footage import clip


@dataclass(frozen=True)
class Showman:
    """Somebody with a public video and one vote for it."""

    person: Person
    video: Json
    city: str


@pytest.fixture(scope="module")
def showman(base_url: str, voters: list[Person]) -> Showman:
    """The tests leave him as they found him; the last one deletes him."""
    city = new_city()
    person = register(base_url, first_name="Max", last_name="Show", city=city)
    video = show(person, filmed(person, clip(), title="Come and see"))
    voted(voters[0], video)
    return Showman(person, video, city)


def expect_shown(anonymous: httpx.Client, showman: Showman, votes: int = 1) -> None:
    """The gallery and the ranking tell of the video, and of its votes."""
    [item] = gallery(anonymous, city=showman.city)
    assert (item["id"], item["votes"]) == (showman.video["id"], votes)
    [rank] = ranking(anonymous, city=showman.city)
    assert (rank["user_id"], rank["votes"]) == (showman.person.user["id"], votes)


def expect_hidden(anonymous: httpx.Client, showman: Showman, voter: Person) -> None:
    """Neither tells anything of it, and nobody can vote for it."""
    assert gallery(anonymous, city=showman.city) == []
    assert showman.video["id"] not in ids(gallery(anonymous))
    assert ranking(anonymous, city=showman.city) == []
    assert showman.person.user["id"] not in [rank["user_id"] for rank in ranking(anonymous)]
    expect_problem(vote(voter, showman.video), 404)


def test_who_changes_his_name_is_shown_by_the_new_one(
    showman: Showman, anonymous: httpx.Client
) -> None:
    for name in ("Mo", "Max"):
        answer = showman.person.http.patch("/v1/users/me", json={"first_name": name})
        assert answer.status_code == 200, describe(answer)
        assert gallery(anonymous, city=showman.city)[0]["owner_name"] == f"{name} Show"
        assert ranking(anonymous, city=showman.city)[0]["name"] == f"{name} Show"


def test_who_moves_is_found_in_the_new_city(showman: Showman, anonymous: httpx.Client) -> None:
    http, city = showman.person.http, new_city()
    assert http.patch("/v1/users/me", json={"city": city}).status_code == 200
    assert [item["owner_city"] for item in gallery(anonymous, city=city)] == [city]
    assert [rank["city"] for rank in ranking(anonymous, city=city)] == [city]
    assert gallery(anonymous, city=showman.city) == ranking(anonymous, city=showman.city) == []
    assert http.patch("/v1/users/me", json={"city": showman.city}).status_code == 200
    expect_shown(anonymous, showman)


def test_who_tells_no_city_is_shown_without(showman: Showman, anonymous: httpx.Client) -> None:
    http = showman.person.http
    assert http.patch("/v1/users/me", json={"city": None}).status_code == 200
    assert gallery(anonymous, city=showman.city) == []
    cities = {item["id"]: item["owner_city"] for item in gallery(anonymous)}
    assert cities[showman.video["id"]] is None
    ranks = {rank["user_id"]: rank["city"] for rank in ranking(anonymous)}
    assert ranks[showman.person.user["id"]] is None
    assert http.patch("/v1/users/me", json={"city": showman.city}).status_code == 200
    expect_shown(anonymous, showman)


def test_what_a_disabled_owner_showed_is_hidden_until_he_is_back(
    showman: Showman, superadmin: Person, anonymous: httpx.Client, voters: list[Person]
) -> None:
    expect_shown(anonymous, showman)
    changed(superadmin, showman.person.user, active=False)
    expect_hidden(anonymous, showman, voters[1])
    expect_problem(showman.person.http.get("/v1/videos"), 401)
    changed(superadmin, showman.person.user, active=True)
    expect_shown(anonymous, showman)
    expect_problem(vote(voters[0], showman.video), 409, "already_voted")
    assert voted(voters[1], showman.video) == 2
    withdrawn(voters[1], showman.video)


def test_what_a_deleted_owner_showed_is_gone(
    showman: Showman, superadmin: Person, anonymous: httpx.Client, voters: list[Person]
) -> None:
    expect_shown(anonymous, showman)
    removed(superadmin, showman.person.user)
    expect_hidden(anonymous, showman, voters[1])
    expect_problem(withdraw(voters[0], showman.video), 404)
    expect_problem(withdraw(voters[1], showman.video), 404)
