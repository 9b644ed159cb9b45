"""GET /v1/buckets, and what is somebody else's."""

import pytest

from tests.e2e.support.buckets import BUCKETS, ask_for, drop, listed, make, names, new_name
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import reserve, wanted
from tests.e2e.support.shapes import BUCKET, Shape, assert_shape, either, time, uuid7

# It may belong to nobody and to no time.
DEFAULT: Shape = {**BUCKET, "owner_id": either(uuid7), "created_at": either(time)}


@pytest.fixture(scope="module")
def owner(base_url: str) -> Person:
    """Somebody with three buckets."""
    person = register(base_url)
    for _ in range(3):
        make(person)
    return person


def test_everybody_has_the_default_bucket(newcomer: Person) -> None:
    answer = newcomer.http.get(BUCKETS)
    assert answer.status_code == 200
    assert answer.json().keys() == {"items", "next_cursor"}
    assert [bucket["name"] for bucket in answer.json()["items"]] == ["default"]
    assert answer.json()["next_cursor"] is None
    assert_shape(answer.json()["items"][0], DEFAULT)


def test_ones_own_buckets_are_listed_newest_first(owner: Person) -> None:
    own = [bucket for bucket in listed(owner) if bucket["name"] != "default"]
    assert len(own) == 3
    assert len(listed(owner)) == 4
    for bucket in own:
        assert_shape(bucket, BUCKET)
        assert bucket["owner_id"] == owner.user["id"]
    times = [bucket["created_at"] for bucket in own]
    assert times == sorted(times, reverse=True)


def test_pages_follow_each_other(owner: Person) -> None:
    found, cursor = [], None
    for _ in range(10):
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = owner.http.get(BUCKETS, params=query).json()
        assert len(page["items"]) <= 1
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == listed(owner)


def test_pages_neither_repeat_nor_skip_while_buckets_are_added(newcomer: Person) -> None:
    made = {make(newcomer), make(newcomer)}
    first = newcomer.http.get(BUCKETS, params={"limit": 1}).json()
    late = make(newcomer)
    query = {"limit": "200", "cursor": first["next_cursor"]}
    rest = newcomer.http.get(BUCKETS, params=query).json()
    seen = [bucket["name"] for bucket in first["items"] + rest["items"]]
    assert sorted(set(seen) - {late}) == sorted(made | {"default"})
    assert len(set(seen)) == len(seen)


def test_a_strangers_cursor_shows_nothing_of_his(owner: Person, bob: Person) -> None:
    cursor = owner.http.get(BUCKETS, params={"limit": 1}).json()["next_cursor"]
    answer = bob.http.get(BUCKETS, params={"cursor": cursor})
    assert answer.status_code in {200, 400, 422}
    assert owner.user["id"] not in answer.text


@pytest.mark.parametrize("who", ["bob", "superadmin"])
def test_a_bucket_of_somebody_else_is_as_good_as_none(
    owner: Person, bob: Person, superadmin: Person, who: str
) -> None:
    person = {"bob": bob, "superadmin": superadmin}[who]
    theirs = next(bucket["name"] for bucket in listed(owner) if bucket["name"] != "default")
    assert theirs not in names(person)
    expect_problem(drop(person, theirs), 404)
    expect_problem(ask_for(person, theirs), 409, "bucket_exists")
    body = {"files": [wanted(1), wanted(1, bucket=theirs)]}
    expect_invalid(person.http.post("/v1/uploads", json=body), "/files/1/bucket")
    files = person.http.get("/v1/files", params={"bucket": theirs})
    assert (files.status_code, files.json()["items"]) == (200, [])
    assert theirs in names(owner)


def test_an_upload_is_told_the_same_of_a_bucket_of_somebody_else_and_of_none(
    owner: Person, bob: Person
) -> None:
    theirs = next(bucket["name"] for bucket in listed(owner) if bucket["name"] != "default")
    told = []
    for name in (theirs, new_name()):
        answer = bob.http.post("/v1/uploads", json={"files": [wanted(1, bucket=name)]})
        told.append(answer.text.replace(name, "").replace(answer.headers["x-request-id"], ""))
    assert told[0] == told[1]


def test_the_default_bucket_cannot_be_deleted(ana: Person, newcomer: Person) -> None:
    for person in (newcomer, ana):
        expect_problem(drop(person, "default"), {403, 404, 409})
        assert "default" in names(person)
    assert reserve(newcomer, 1)["bucket"] == "default"
