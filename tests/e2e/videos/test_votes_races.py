"""Many votes at the same moment: each counts once, whoever comes first."""

from collections import Counter
from functools import partial

import httpx

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.videos import (
    ask_to_hide,
    gallery,
    look,
    ranking,
    show,
    vote,
    withdraw,
)
from tests.e2e.support.waiting import at_once


def counts(filmmaker: Person, video: Json, anonymous: httpx.Client) -> set[int]:
    """The votes of somebody's only public video, as all who tell them do."""
    city = filmmaker.user["city"]
    everywhere = [look(filmmaker, video), *gallery(anonymous, city=city)]
    return {each["votes"] for each in everywhere + ranking(anonymous, city=city)}


def test_all_votes_of_many_count(
    filmmaker: Person, shown: Json, voters: list[Person], anonymous: httpx.Client
) -> None:
    for _ in range(3):
        answers = at_once([partial(vote, voter, shown) for voter in voters])
        assert [answer.status_code for answer in answers] == [201] * len(voters)
        assert {answer.json()["votes"] for answer in answers} <= {*range(1, len(voters) + 1)}
        assert counts(filmmaker, shown, anonymous) == {len(voters)}
        answers = at_once([partial(withdraw, voter, shown) for voter in voters])
        assert [answer.status_code for answer in answers] == [204] * len(voters)
        assert counts(filmmaker, shown, anonymous) == {0}


def test_of_ten_votes_of_one_user_one_counts(
    filmmaker: Person, shown: Json, voters: list[Person], anonymous: httpx.Client
) -> None:
    answers = at_once([partial(vote, voters[0], shown)] * 10)
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    for answer in answers:
        if answer.status_code == 409:
            expect_problem(answer, 409, "already_voted")
    assert counts(filmmaker, shown, anonymous) == {1}


def test_of_ten_withdrawals_one_counts(
    filmmaker: Person, shown: Json, voters: list[Person], anonymous: httpx.Client
) -> None:
    for voter in voters[:2]:
        assert vote(voter, shown).status_code == 201
    answers = at_once([partial(withdraw, voters[0], shown)] * 10)
    assert sorted(answer.status_code for answer in answers) == [204, *[404] * 9]
    assert counts(filmmaker, shown, anonymous) == {1}


def test_fifty_changes_of_mind_leave_as_many_votes_as_there_are_voters(
    filmmaker: Person, shown: Json, voters: list[Person], anonymous: httpx.Client
) -> None:
    turns = [(voter, ask) for voter in voters for ask in (vote, withdraw) * 5]
    answers = at_once([partial(ask, voter, shown) for voter, ask in turns])
    given: Counter[str] = Counter()
    for (voter, ask), answer in zip(turns, answers, strict=True):
        assert answer.status_code in ({201, 409} if ask is vote else {204, 404}), describe(answer)
        given[voter.email] += {201: 1, 204: -1}.get(answer.status_code, 0)
    assert {*given.values()} <= {0, 1}
    assert counts(filmmaker, shown, anonymous) == {given.total()}
    # The votes are those of the very people.
    for voter in voters:
        answer = withdraw(voter, shown)
        assert answer.status_code == (204 if given[voter.email] else 404), describe(answer)
    assert counts(filmmaker, shown, anonymous) == {0}


def test_a_vote_comes_before_the_video_is_hidden_or_not_at_all(
    filmmaker: Person, shown: Json, voters: list[Person]
) -> None:
    calls = [partial(vote, voter, shown) for voter in voters]
    for number in range(3):
        *answers, hidden = at_once([*calls, partial(ask_to_hide, filmmaker, shown)])
        assert hidden.status_code == 200, describe(hidden)
        assert {answer.status_code for answer in answers} <= {201, 404}
        given = [answer.status_code for answer in answers].count(201)
        assert show(filmmaker, shown)["votes"] == given, number
        for voter in voters:
            withdraw(voter, shown)
    assert look(filmmaker, shown)["votes"] == 0
