"""POST /v1/videos/{id}/publish and unpublish: ready, public, ready again."""

from functools import partial

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import assert_shape
from tests.e2e.support.videos import (
    READY_VIDEO,
    ask_to_hide,
    ask_to_show,
    content,
    exhibited,
    gallery,
    hide,
    ids,
    lasting,
    listed,
    look,
    part,
    remove,
    show,
    vote,
)
from tests.e2e.support.waiting import at_once

ROUTES = [("POST", "/publish"), ("POST", "/unpublish"), ("GET", ""), ("DELETE", "")]


def in_gallery(anybody: httpx.Client, owner: Person, video: Json) -> bool:
    """Whether the gallery shows the video, among those of its owner's city."""
    return video["id"] in ids(gallery(anybody, city=owner.user["city"]))


def test_a_video_is_public_for_as_long_as_its_owner_wants(
    filmmaker: Person, film: Json, anonymous: httpx.Client
) -> None:
    before = hide(filmmaker, show(filmmaker, film))
    for _ in range(2):
        assert not in_gallery(anonymous, filmmaker, film)
        public = show(filmmaker, film)
        assert_shape(public, READY_VIDEO, "failure")
        assert lasting(public) == lasting(before) | {"status": "public"}
        assert lasting(look(filmmaker, film)) == lasting(public)
        assert in_gallery(anonymous, filmmaker, film)
        assert lasting(hide(filmmaker, film)) == lasting(before)
        assert lasting(look(filmmaker, film)) == lasting(before)
    assert not in_gallery(anonymous, filmmaker, film)


def test_to_publish_what_is_public_is_fine(
    filmmaker: Person, shown: Json, anonymous: httpx.Client
) -> None:
    assert lasting(show(filmmaker, shown)) == lasting(shown)
    answers = at_once([partial(ask_to_show, filmmaker, shown)] * 5)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(gallery(anonymous, city=filmmaker.user["city"])) == 1


def test_to_unpublish_what_is_not_public_is_fine(filmmaker: Person, shown: Json) -> None:
    hide(filmmaker, shown)
    answers = at_once([partial(ask_to_hide, filmmaker, shown)] * 5)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert hide(filmmaker, shown)["status"] == "ready"


def test_to_publish_twice_keeps_the_votes(
    filmmaker: Person, shown: Json, voters: list[Person]
) -> None:
    assert vote(voters[0], shown).status_code == 201
    assert show(filmmaker, shown)["votes"] == 1


def test_a_list_shows_what_is_public(filmmaker: Person, film: Json) -> None:
    with exhibited(filmmaker, film):
        assert [video["status"] for video in listed(filmmaker)] == ["public"]
    assert [video["status"] for video in listed(filmmaker)] == ["ready"]


def test_a_public_video_plays_as_one_that_is_not(filmmaker: Person, shown: Json) -> None:
    rest = content(shown["processed_url"])
    hidden = hide(filmmaker, shown)
    assert content(hidden["processed_url"]) == rest
    assert part(hidden["processed_url"], 10, 19).content == rest[10:20]


def test_a_public_video_is_not_deleted(
    filmmaker: Person, shown: Json, anonymous: httpx.Client
) -> None:
    expect_problem(remove(filmmaker, shown), 409, "video_is_public")
    assert lasting(look(filmmaker, shown)) == lasting(shown)
    assert in_gallery(anonymous, filmmaker, shown)


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize(("method", "rest"), ROUTES)
def test_somebody_elses_video_looks_as_if_it_were_absent(
    filmmaker: Person, shown: Json, bob: Person, method: str, rest: str, public: bool
) -> None:
    state = shown if public else hide(filmmaker, shown)
    told = []
    for id_ in (shown["id"], ABSENT):
        answer = bob.http.request(method, f"/v1/videos/{id_}{rest}")
        told.append(expect_problem(answer, 404) | {"request_id": ""})
    assert str(told[0]).replace(shown["id"], "") == str(told[1]).replace(ABSENT, "")
    assert lasting(look(filmmaker, shown)) == lasting(state)


def test_what_is_published_while_it_is_hidden_is_one_or_the_other(
    filmmaker: Person, shown: Json, anonymous: httpx.Client
) -> None:
    for _ in range(3):
        answers = at_once([partial(ask, filmmaker, shown) for ask in (ask_to_show, ask_to_hide)])
        for answer in answers:
            assert answer.status_code == 200, describe(answer)
        public = look(filmmaker, shown)["status"] == "public"
        assert in_gallery(anonymous, filmmaker, shown) == public
