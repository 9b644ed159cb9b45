"""DELETE /v1/videos/{id}, and what is left of a video: nothing."""

from functools import partial
from typing import NamedTuple

import httpx
import pytest

from tests.e2e.support.clients import store
from tests.e2e.support.clips import cut_short
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import Json, publish
from tests.e2e.support.videos import (
    ask_to_hide,
    ask_to_show,
    filmed,
    gallery,
    hide,
    ids,
    listed,
    look,
    new_city,
    path_of,
    processed,
    ranking,
    remove,
    show,
    submit,
    vote,
    voted,
    withdraw,
)
from tests.e2e.support.waiting import at_once, eventually
from tests.support.footage import clip

WEBM = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")


class Pair(NamedTuple):
    """Two videos of somebody's, both ready."""

    owner: Person
    quicktime: Json
    webm: Json


@pytest.fixture(scope="module")
def pair(base_url: str) -> Pair:
    """Uploaded and submitted at the same time, one of them in another container."""
    owner = register(base_url, city=new_city())
    clips = [clip(ending="mov"), clip(ending="webm", more=WEBM)]
    made = at_once([partial(filmed, owner, data, title="At once") for data in clips])
    return Pair(owner, *made)


def expect_gone(owner: Person, video: Json, voter: Person) -> None:
    """There is no such video for anybody."""
    expect_problem(owner.http.get(path_of(video)), 404)
    for ask in (ask_to_show, ask_to_hide, remove):
        expect_problem(ask(owner, video), 404)
    for ask in (vote, withdraw):
        expect_problem(ask(voter, video), 404)
    assert video["id"] not in ids(listed(owner))
    assert video["id"] not in ids(gallery(owner.http))


def test_two_at_once_both_become_ready(pair: Pair) -> None:
    assert pair.quicktime["id"] != pair.webm["id"]
    assert {*ids(listed(pair.owner))} == {pair.quicktime["id"], pair.webm["id"]}


def test_a_video_that_had_votes_goes_with_them(
    pair: Pair, voters: list[Person], anonymous: httpx.Client
) -> None:
    owner, video, _ = pair
    show(owner, video)
    assert [voted(voter, video) for voter in voters[:2]] == [1, 2]
    expect_problem(remove(owner, video), 409, "video_is_public")
    urls = [look(owner, video)[name] for name in ("processed_url", "poster_url")]
    hide(owner, video)
    answer = remove(owner, video)
    assert answer.status_code == 204, describe(answer)
    expect_gone(owner, video, voters[0])
    assert ranking(anonymous, city=owner.user["city"]) == []
    for url in urls:
        eventually(partial(store().get, url), lambda answer: answer.status_code in {403, 404}, 15)


def test_a_video_is_shown_or_deleted_but_not_both(
    pair: Pair, voters: list[Person], anonymous: httpx.Client
) -> None:
    owner, _, video = pair
    shown, removed = at_once([partial(ask, owner, video) for ask in (ask_to_show, remove)])
    told = (shown.status_code, removed.status_code)
    if told == (200, 409):
        assert ids(gallery(anonymous, city=owner.user["city"])) == [video["id"]]
    else:
        assert told == (404, 204)
        expect_gone(owner, video, voters[0])


def test_a_video_that_is_deleted_while_it_is_made_does_not_come_back(
    newcomer: Person, bob: Person
) -> None:
    file = publish(newcomer, clip())
    video = submit(newcomer, file)
    assert remove(newcomer, video).status_code == 204
    expect_gone(newcomer, video, bob)
    # What comes after it is done when it would have been, too.
    later = submit(newcomer, publish(newcomer, cut_short()))
    assert processed(newcomer, later)["status"] == "failed"
    expect_gone(newcomer, video, bob)
    assert newcomer.http.get(f"/v1/files/{file['id']}").status_code == 200
