"""POST /v1/files/{id}/links: what a link is, and who can make one."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.linking import (
    HOUR,
    ask_for_link,
    link_to,
    links_of,
    listed,
)
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json
from tests.e2e.support.shapes import NEW_LINK, assert_shape, seconds_from_now

WEEK = 604_800
# An id of another kind than ours, written out: two processes have to name a test alike.
SOME_UUID4 = "658da206-f3ef-44e5-bda9-cbce76cddf9e"
NO_COUNT: list[Any] = ["60", "", 60.5, True, False, [], [60], {}, 2**63, 2**70, -(2**70)]
NO_LIFE: list[Any] = [*NO_COUNT, None, 0, -1, 59, WEEK + 1]
NO_LIMIT: list[Any] = [*NO_COUNT, 0, -1]


def test_a_new_link_has_its_token_and_its_url(sharer: Person, file: Json) -> None:
    link = link_to(sharer, file, expires_in=HOUR, max_downloads=7)
    assert_shape(link, NEW_LINK)
    assert (link["file_id"], link["max_downloads"], link["downloads"]) == (file["id"], 7, 0)
    assert HOUR - 30 < seconds_from_now(link["expires_at"]) <= HOUR + 1
    assert -30 < seconds_from_now(link["created_at"]) < 5


def test_a_link_without_a_limit_has_none(sharer: Person, file: Json) -> None:
    assert link_to(sharer, file)["max_downloads"] is None


def test_a_url_leads_to_the_bytes(sharer: Person, file: Json, anonymous: httpx.Client) -> None:
    link = link_to(sharer, file)
    url = urlsplit(link["url"])
    assert (url.scheme in {"http", "https"}, url.path) == (True, f"/l/{link['token']}")
    assert (url.query, url.fragment) == ("", "")
    assert anonymous.get(link["url"]).status_code == 302


def test_tokens_are_long_and_never_the_same(sharer: Person, file: Json) -> None:
    tokens = [link_to(sharer, file)["token"] for _ in range(10)]
    assert len(set(tokens)) == 10
    for token in tokens:
        # 128 bits in 64 different characters at most.
        assert len(token) >= 22
        assert token.replace("-", "").replace("_", "").isalnum()
        assert token.isascii()
    shared = [place for place in range(22) if len({token[place] for token in tokens}) == 1]
    assert len(shared) <= 4


@pytest.mark.parametrize("seconds", [60, WEEK])
def test_the_bounds_of_a_links_life_are_allowed(sharer: Person, file: Json, seconds: int) -> None:
    link = link_to(sharer, file, expires_in=seconds)
    assert seconds - 30 < seconds_from_now(link["expires_at"]) <= seconds + 1


@pytest.mark.parametrize("seconds", NO_LIFE, ids=repr)
def test_another_life_is_refused(sharer: Person, file: Json, seconds: Any) -> None:
    expect_invalid(ask_for_link(sharer, file, expires_in=seconds), "/expires_in")


def test_a_links_life_has_to_be_said(sharer: Person, file: Json) -> None:
    expect_invalid(sharer.http.post(links_of(file), json={"max_downloads": 1}), "/expires_in")


@pytest.mark.parametrize("number", NO_LIMIT, ids=repr)
def test_what_limits_nothing_is_refused(sharer: Person, file: Json, number: Any) -> None:
    expect_invalid(ask_for_link(sharer, file, max_downloads=number), "/max_downloads")


@pytest.mark.parametrize("number", [2**31, 2**53 + 1, 2**63 - 1])
def test_a_huge_limit_is_kept_or_refused(sharer: Person, file: Json, number: int) -> None:
    answer = ask_for_link(sharer, file, max_downloads=number)
    if answer.status_code == 201:
        assert answer.json()["max_downloads"] == number == listed(sharer, file)[0]["max_downloads"]
    else:
        expect_invalid(answer, "/max_downloads")


@pytest.mark.parametrize("field", ["token", "id", "downloads", "expires_at", "file_id", "url"])
def test_nobody_sets_a_field_of_the_server(sharer: Person, file: Json, field: str) -> None:
    expect_invalid(ask_for_link(sharer, file, **{field: "x"}), f"/{field}")


@pytest.mark.parametrize("id_", ["x", ABSENT, ABSENT[:-1], "%00", SOME_UUID4, "%F0%9F%94%A5"])
def test_a_file_that_is_none_has_no_links(sharer: Person, id_: str) -> None:
    expect_problem(ask_for_link(sharer, {"id": id_}), 404)
    expect_problem(sharer.http.get(links_of({"id": id_})), 404)


@pytest.mark.parametrize("who", ["bob", "superadmin"])
def test_the_file_of_somebody_else_looks_as_if_it_were_absent(
    sharer: Person, file: Json, bob: Person, superadmin: Person, who: str
) -> None:
    person, before = {"bob": bob, "superadmin": superadmin}[who], listed(sharer, file)
    for target in (file, {"id": ABSENT}):
        expect_problem(person.http.get(links_of(target)), 404)
    expect_problem(ask_for_link(bob, file), 404)
    expect_problem(ask_for_link(superadmin, file), {403, 404})
    assert listed(sharer, file) == before


def test_a_deleted_file_has_no_links(sharer: Person, own: Json) -> None:
    link_to(sharer, own)
    sharer.http.delete(f"/v1/files/{own['id']}")
    expect_problem(ask_for_link(sharer, own), 404)
    expect_problem(sharer.http.get(links_of(own)), 404)


def test_the_form_is_judged_before_the_file_is_looked_for(sharer: Person) -> None:
    expect_invalid(ask_for_link(sharer, {"id": ABSENT}, expires_in=59), "/expires_in")
