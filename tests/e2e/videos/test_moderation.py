"""Admins and superadmins take a video out of the gallery; that is all they may do with it."""

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import assert_shape
from tests.e2e.support.videos import (
    READY_VIDEO,
    ask_to_hide,
    ask_to_show,
    gallery,
    hide,
    ids,
    lasting,
    listed,
    look,
    path_of,
    remove,
    show,
    vote,
    voted,
    withdrawn,
)


@pytest.fixture(params=["editor", "superadmin"])
def moderator(request: pytest.FixtureRequest, editor: Person, superadmin: Person) -> Person:
    """Somebody who may moderate: each test meets both kinds."""
    return {"editor": editor, "superadmin": superadmin}[request.param]


def test_a_moderator_takes_a_video_out_of_the_gallery(
    moderator: Person, filmmaker: Person, shown: Json, ana: Person, anonymous: httpx.Client
) -> None:
    answer = ask_to_hide(moderator, shown)
    assert answer.status_code == 200, describe(answer)
    assert_shape(answer.json(), READY_VIDEO, "failure")
    assert lasting(answer.json()) == lasting(shown) | {"status": "ready"}
    assert lasting(look(filmmaker, shown)) == lasting(answer.json())
    assert shown["id"] not in ids(gallery(anonymous, city=filmmaker.user["city"]))
    expect_problem(vote(ana, shown), 404)


def test_the_owner_may_show_it_again(moderator: Person, filmmaker: Person, shown: Json) -> None:
    assert ask_to_hide(moderator, shown).status_code == 200
    assert lasting(show(filmmaker, shown)) == lasting(shown)


def test_a_moderator_does_nothing_else_with_it(
    moderator: Person, filmmaker: Person, shown: Json
) -> None:
    assert shown["id"] not in ids(listed(moderator))
    expect_problem(moderator.http.get(path_of(shown)), 404)
    expect_problem(remove(moderator, shown), 404)
    expect_problem(ask_to_show(moderator, shown), 404)
    hide(filmmaker, shown)
    expect_problem(ask_to_show(moderator, shown), 404)
    expect_problem(remove(moderator, shown), 404)
    assert look(filmmaker, shown)["status"] == "ready"


def test_what_is_not_public_is_no_moderators_business(
    moderator: Person, filmmaker: Person, shown: Json
) -> None:
    hidden = hide(filmmaker, shown)
    expect_problem(ask_to_hide(moderator, shown), 404)
    assert lasting(look(filmmaker, shown)) == lasting(hidden)


def test_a_user_moderates_nothing(filmmaker: Person, shown: Json, bob: Person) -> None:
    expect_problem(ask_to_hide(bob, shown), 404)
    assert look(filmmaker, shown)["status"] == "public"


def test_a_moderator_votes_as_everybody_does(moderator: Person, shown: Json) -> None:
    assert voted(moderator, shown) == 1
    expect_problem(vote(moderator, shown), 409, "already_voted")
    withdrawn(moderator, shown)
