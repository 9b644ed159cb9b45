"""GET /v1/uploads."""

import pytest

from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import Json, abort, create, forge, reserve, wanted
from tests.e2e.support.shapes import LISTED_UPLOAD, assert_shape

PATH = "/v1/uploads"


@pytest.fixture(scope="module")
def smith(base_url: str) -> Person:
    """Somebody with five uploads, one of them ready and one aborted."""
    person = register(base_url)
    forge(person, b"abc", file_name="0")
    abort(person, reserve(person, 1, file_name="1"))
    for number in range(2, 5):
        reserve(person, 1, file_name=str(number))
    return person


def names(items: list[Json]) -> list[str]:
    """The file names of uploads."""
    return [item["file_name"] for item in items]


def test_uploads_are_listed_newest_first(smith: Person) -> None:
    answer = smith.http.get(PATH)
    assert answer.status_code == 200
    assert answer.json().keys() == {"items", "next_cursor"}
    assert answer.json()["next_cursor"] is None
    assert names(answer.json()["items"]) == ["4", "3", "2", "1", "0"]


def test_a_listed_upload_leaves_out_its_progress(smith: Person) -> None:
    for item in smith.http.get(PATH).json()["items"]:
        assert_shape(item, LISTED_UPLOAD)


def test_ended_uploads_are_listed_with_their_end(smith: Person) -> None:
    *_, aborted, ready = smith.http.get(PATH).json()["items"]
    assert (aborted["status"], aborted["file_id"]) == ("aborted", None)
    assert ready["status"] == "ready"
    assert ready["file_id"]


def test_somebody_elses_uploads_are_not_listed(newcomer: Person, smith: Person) -> None:
    mine = reserve(newcomer, 1)
    listed = newcomer.http.get(PATH, params={"limit": 200}).json()["items"]
    assert [item["id"] for item in listed] == [mine["id"]]
    assert mine["id"] not in smith.http.get(PATH).text


def test_pages_neither_repeat_nor_skip_while_uploads_are_added(newcomer: Person) -> None:
    create(newcomer, *(wanted(0, file_name=str(number)) for number in range(7)))
    seen, cursor = [], None
    for _ in range(20):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = newcomer.http.get(PATH, params=query).json()
        assert len(page["items"]) <= 2
        seen += names(page["items"])
        reserve(newcomer, 0, file_name="late")
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert cursor is None
    assert sorted(seen) == [str(number) for number in range(7)]


def test_a_page_has_50_unless_asked_otherwise(newcomer: Person) -> None:
    for _ in range(2):
        create(newcomer, *(wanted(0) for _ in range(30)))
    first = newcomer.http.get(PATH).json()
    rest = newcomer.http.get(PATH, params={"cursor": first["next_cursor"]}).json()
    assert (len(first["items"]), len(rest["items"])) == (50, 10)
    assert rest["next_cursor"] is None
    assert len(newcomer.http.get(PATH, params={"limit": 200}).json()["items"]) == 60
