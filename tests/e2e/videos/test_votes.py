"""POST and DELETE /v1/public/videos/{id}/vote: one vote of each for each video."""

import httpx

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.once import keyed, new_key
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json
from tests.e2e.support.videos import (
    GALLERY,
    gallery,
    hide,
    look,
    show,
    vote,
    voted,
    withdraw,
    withdrawn,
)


def test_votes_are_counted_wherever_they_are_told(
    filmmaker: Person, shown: Json, voters: list[Person], anonymous: httpx.Client
) -> None:
    assert [voted(voter, shown) for voter in voters] == [1, 2, 3, 4, 5]
    assert look(filmmaker, shown)["votes"] == 5
    [seen] = gallery(anonymous, city=filmmaker.user["city"])
    assert seen["votes"] == 5
    for voter in voters[:2]:
        withdrawn(voter, shown)
    assert look(filmmaker, shown)["votes"] == 3


def test_nobody_votes_twice(filmmaker: Person, shown: Json, voters: list[Person]) -> None:
    assert voted(voters[0], shown) == 1
    for _ in range(2):
        expect_problem(vote(voters[0], shown), 409, "already_voted")
    assert look(filmmaker, shown)["votes"] == 1


def test_nobody_votes_for_oneself(filmmaker: Person, shown: Json) -> None:
    expect_problem(vote(filmmaker, shown), 403, "own_video")
    expect_problem(withdraw(filmmaker, shown), {403, 404})
    assert look(filmmaker, shown)["votes"] == 0


def test_a_vote_is_withdrawn_once(filmmaker: Person, shown: Json, voters: list[Person]) -> None:
    expect_problem(withdraw(voters[0], shown), 404)
    voted(voters[0], shown)
    withdrawn(voters[0], shown)
    expect_problem(withdraw(voters[0], shown), 404)
    assert look(filmmaker, shown)["votes"] == 0


def test_who_has_withdrawn_may_vote_again(
    filmmaker: Person, shown: Json, voters: list[Person]
) -> None:
    for _ in range(2):
        assert voted(voters[0], shown) == 1
        withdrawn(voters[0], shown)
    assert look(filmmaker, shown)["votes"] == 0


def test_nobody_withdraws_the_vote_of_another(
    filmmaker: Person, shown: Json, voters: list[Person]
) -> None:
    voted(voters[0], shown)
    expect_problem(withdraw(voters[1], shown), 404)
    assert look(filmmaker, shown)["votes"] == 1


def test_what_is_not_public_is_not_voted_for(
    filmmaker: Person, shown: Json, voters: list[Person]
) -> None:
    hide(filmmaker, shown)
    absent, hidden = (
        expect_problem(vote(voters[0], video), 404) | {"request_id": ""}
        for video in ({"id": ABSENT}, shown)
    )
    assert str(absent).replace(ABSENT, "") == str(hidden).replace(shown["id"], "")
    expect_problem(withdraw(voters[0], shown), 404)
    assert show(filmmaker, shown)["votes"] == 0


def test_votes_outlast_a_time_in_hiding(
    filmmaker: Person, shown: Json, voters: list[Person]
) -> None:
    for voter in voters[:3]:
        voted(voter, shown)
    hide(filmmaker, shown)
    assert show(filmmaker, shown)["votes"] == 3
    expect_problem(vote(voters[0], shown), 409, "already_voted")
    withdrawn(voters[0], shown)


def test_who_is_nobody_has_no_vote(filmmaker: Person, shown: Json, anonymous: httpx.Client) -> None:
    for method in ("POST", "DELETE"):
        answer = anonymous.request(method, f"{GALLERY}/{shown['id']}/vote")
        expect_problem(answer, 401)
    assert look(filmmaker, shown)["votes"] == 0


def test_a_repeated_request_under_a_key_is_one_vote(
    filmmaker: Person, shown: Json, voters: list[Person]
) -> None:
    key, path = new_key(), f"{GALLERY}/{shown['id']}/vote"
    for _ in range(2):
        answer = voters[0].http.post(path, **keyed(key))
        assert answer.status_code == 201, describe(answer)
        assert answer.json() == {"video_id": shown["id"], "votes": 1}
    assert look(filmmaker, shown)["votes"] == 1
