"""Lists of buckets, images and links: their limits, their cursors, and what caches may keep."""

import pytest

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json, publish

LISTS = ["/v1/buckets", "/v1/images", "/v1/files/{id}/links"]


@pytest.fixture(scope="module")
def anas(ana: Person) -> Json:
    """A file of Ana's, to have links or none."""
    return publish(ana, b"listed")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_a_page_of_json_that_no_cache_keeps(ana: Person, anas: Json, path: str) -> None:
    answer = ana.http.get(path.format(id=anas["id"]))
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.json().keys() == {"items", "next_cursor"}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "1.5", "1e1", "true", "9" * 30, "٣x"])
def test_a_limit_is_1_to_200(ana: Person, anas: Json, path: str, limit: str) -> None:
    answer = ana.http.get(path.format(id=anas["id"]), params={"limit": limit})
    expect_problem(answer, {400, 422})


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["1", "200"])
def test_the_bounds_of_a_limit_are_allowed(ana: Person, anas: Json, path: str, limit: str) -> None:
    answer = ana.http.get(path.format(id=anas["id"]), params={"limit": limit})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "cursor", ["x", "e30", "bnVsbA", "W10", "'; --", "\x00", "é", ABSENT, "A" * 4000, "{}", "=="]
)
def test_a_cursor_that_was_never_given_is_refused(
    ana: Person, anas: Json, path: str, cursor: str
) -> None:
    answer = ana.http.get(path.format(id=anas["id"]), params={"cursor": cursor})
    expect_problem(answer, {400, 422})
