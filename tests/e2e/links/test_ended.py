"""Links that were used up, revoked, or have lost their file."""

from collections import Counter
from functools import partial

import httpx
import pytest

from tests.e2e.support.clients import client, store
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.linking import (
    downloads,
    expect_ended,
    fetch,
    follow,
    link_to,
    listed,
    revoke,
)
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json
from tests.e2e.support.waiting import at_once, eventually

ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.mark.parametrize(("limit", "times"), [(1, 50), (3, 20)])
def test_of_many_at_once_as_many_are_led_on_as_the_limit_says(
    sharer: Person, file: Json, anonymous: httpx.Client, limit: int, times: int
) -> None:
    link = link_to(sharer, file, max_downloads=limit)
    answers = at_once([partial(follow, anonymous, link)] * times)
    told = Counter(answer.status_code for answer in answers)
    assert told == {302: limit, 410: times - limit}
    for answer in answers:
        if answer.status_code == 410:
            expect_ended(answer)
        else:
            assert store().get(answer.headers["location"]).status_code == 200
    assert downloads(sharer, file, link) == limit


def test_a_link_that_is_used_up_stays_so_and_counts_no_further(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, file, max_downloads=2)
    for _ in range(2):
        assert fetch(anonymous, link).status_code == 200
    for _ in range(3):
        expect_ended(follow(anonymous, link))
    assert downloads(sharer, file, link) == 2


def test_the_end_of_a_link_is_told_to_everybody_and_nothing_else(
    sharer: Person, file: Json, anonymous: httpx.Client, base_url: str
) -> None:
    link = link_to(sharer, file)
    revoke(sharer, link["id"])
    answer = follow(anonymous, link)
    expect_ended(answer)
    for secret in (file["file_name"], file["id"], sharer.email, sharer.user["id"], link["token"]):
        assert secret not in answer.text
    expect_ended(follow(sharer.http, link))
    expect_ended(follow(anonymous, link, **{"user-agent": ROBOT}))
    assert client(base_url, checked=False).head(f"/l/{link['token']}").status_code == 410


@pytest.mark.parametrize("name", ["id", "token"])
def test_a_link_is_revoked_at_once_by_its_id_or_its_token(
    sharer: Person, file: Json, anonymous: httpx.Client, name: str
) -> None:
    link, other = link_to(sharer, file), link_to(sharer, file)
    assert follow(anonymous, link).status_code == 302
    assert revoke(sharer, link[name]).status_code == 204
    expect_ended(follow(anonymous, link))
    assert follow(anonymous, other).status_code == 302
    # Said twice it is as true, or the link is no longer there to be revoked.
    assert revoke(sharer, link[name]).status_code in {204, 404}
    expect_ended(follow(anonymous, link))


def test_a_used_up_link_can_be_revoked(sharer: Person, file: Json, anonymous: httpx.Client) -> None:
    link = link_to(sharer, file, max_downloads=1)
    follow(anonymous, link)
    assert revoke(sharer, link["id"]).status_code == 204
    expect_ended(follow(anonymous, link))


def test_revoked_many_times_at_once_a_link_is_revoked(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, file)
    names = [link["id"], link["token"]] * 4
    answers = at_once([partial(revoke, sharer, name) for name in names])
    told = {answer.status_code for answer in answers}
    assert 204 in told
    assert told <= {204, 404}
    expect_ended(follow(anonymous, link))


def test_a_link_that_is_revoked_while_many_follow_it_leads_nobody_further(
    sharer: Person, file: Json, anonymous: httpx.Client
) -> None:
    for _ in range(3):
        link = link_to(sharer, file)
        followers = [partial(follow, anonymous, link)] * 10
        answers = at_once([*followers, partial(revoke, sharer, link["id"])])
        assert answers.pop().status_code == 204
        assert {answer.status_code for answer in answers} <= {302, 410}
        expect_ended(follow(anonymous, link))


@pytest.mark.parametrize("who", ["bob", "superadmin"])
def test_nobody_revokes_the_link_of_somebody_else_even_with_its_token(
    sharer: Person, file: Json, anonymous: httpx.Client, bob: Person, superadmin: Person, who: str
) -> None:
    person, link = {"bob": bob, "superadmin": superadmin}[who], link_to(sharer, file)
    told = [revoke(person, name) for name in (link["id"], link["token"], ABSENT)]
    bodies = [expect_problem(answer, 404) | {"request_id": ""} for answer in told]
    assert bodies[0] == bodies[2]
    assert follow(anonymous, link).status_code == 302


@pytest.mark.parametrize("name", ["x", ABSENT, "%00", "%F0%9F%94%A5", "A" * 22, "A" * 2000, "%25"])
def test_what_is_no_link_cannot_be_revoked(sharer: Person, name: str) -> None:
    expect_problem(revoke(sharer, name), 404)


def test_the_files_id_revokes_nothing(sharer: Person, file: Json, anonymous: httpx.Client) -> None:
    link = link_to(sharer, file)
    expect_problem(revoke(sharer, file["id"]), 404)
    assert follow(anonymous, link).status_code == 302


def test_a_revoked_link_leaves_the_others_in_the_list(sharer: Person, own: Json) -> None:
    kept, revoked = link_to(sharer, own), link_to(sharer, own)
    revoke(sharer, revoked["id"])
    listed_ids = [link["id"] for link in listed(sharer, own)]
    assert listed_ids[-1] == kept["id"]
    assert set(listed_ids) <= {kept["id"], revoked["id"]}


def test_links_end_with_their_file(sharer: Person, own: Json, anonymous: httpx.Client) -> None:
    links = [link_to(sharer, own), link_to(sharer, own, max_downloads=1)]
    url = follow(anonymous, links[0]).headers["location"]
    assert sharer.http.delete(f"/v1/files/{own['id']}").status_code == 204
    for link in links:
        expect_ended(follow(anonymous, link))
    # What was handed out before dies with the bytes.
    eventually(lambda: store().get(url).status_code, lambda status: status in {403, 404}, 10)


def test_a_file_that_is_deleted_while_many_follow_its_link_leads_nobody_further(
    sharer: Person, own: Json, anonymous: httpx.Client
) -> None:
    link = link_to(sharer, own)
    followers = [partial(follow, anonymous, link)] * 10
    answers = at_once([partial(sharer.http.delete, f"/v1/files/{own['id']}"), *followers])
    assert answers[0].status_code == 204
    assert {answer.status_code for answer in answers[1:]} <= {302, 410}
    expect_ended(follow(anonymous, link))
