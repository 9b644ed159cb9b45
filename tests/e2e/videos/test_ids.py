"""Ids of videos that are none, and everybody who has no token."""

import httpx
import pytest

from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import publish

MALFORMED = ["x", "0", "-1", "null", "%20", "%00", "%F0%9F%94%A5", "'--", "%25", "a" * 2000]
MALFORMED += [ABSENT[:-1], ABSENT + "0", ABSENT.replace("0", "g", 1)]
BY_ID = [
    ("GET", "/v1/videos/{id}"),
    ("DELETE", "/v1/videos/{id}"),
    ("POST", "/v1/videos/{id}/publish"),
    ("POST", "/v1/videos/{id}/unpublish"),
    ("POST", "/v1/public/videos/{id}/vote"),
    ("DELETE", "/v1/public/videos/{id}/vote"),
]
CLOSED = [("GET", "/v1/videos"), ("POST", "/v1/videos"), *BY_ID]
OPEN = ["/v1/public/videos", "/v1/public/rankings"]


@pytest.mark.parametrize("id_", [*MALFORMED, ABSENT, "5f0c3f0e-94a4-4a53-8f5f-0d6f3f9b1c11"])
@pytest.mark.parametrize(("method", "path"), BY_ID)
def test_an_id_that_is_none_or_that_nobody_has_is_a_404(
    ana: Person, method: str, path: str, id_: str
) -> None:
    expect_problem(ana.http.request(method, path.format(id=id_)), 404)


def test_a_file_is_no_video_by_its_id(bob: Person) -> None:
    file = publish(bob, b"no video")
    for method, path in BY_ID:
        expect_problem(bob.http.request(method, path.format(id=file["id"])), 404)


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_what_is_not_public_asks_for_a_token(
    anonymous: httpx.Client, method: str, path: str
) -> None:
    for id_ in (ABSENT, "x"):
        place = path.format(id=id_)
        body = {"surprise": 1} if method == "POST" else None
        expect_problem(anonymous.request(method, place, json=body), 401)


@pytest.mark.parametrize("path", OPEN)
def test_what_is_public_asks_for_none(anonymous: httpx.Client, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status_code == 200
    assert answer.json().keys() == {"items", "next_cursor"}
    assert answer.headers["content-type"].split(";")[0] == "application/json"


def test_the_form_is_judged_before_the_file_is_looked_for(ana: Person) -> None:
    answer = ana.http.post("/v1/videos", json={"file_id": ABSENT, "title": ""})
    expect_invalid(answer, "/title")
