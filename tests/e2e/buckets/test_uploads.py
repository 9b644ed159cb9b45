"""Uploads into buckets of one's own, and the files that they become."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.e2e.support.buckets import make
from tests.e2e.support.clients import store
from tests.e2e.support.conventions import expect_invalid
from tests.e2e.support.once import new_key, post_once
from tests.e2e.support.people import Person, register
from tests.e2e.support.relaying import LARGEST, expect_file, relay
from tests.e2e.support.sending import (
    MIB,
    Json,
    complete,
    create,
    forge,
    publish,
    publish_all,
    put,
    reserve,
    settled,
    wanted,
)

STEM = f"c-{uuid4().hex[:12]}"
FIRST, SECOND = f"{STEM}-first", f"{STEM}-second"


@pytest.fixture(scope="module")
def owner(base_url: str) -> Person:
    """Somebody with two buckets."""
    person = register(base_url)
    make(person, FIRST)
    make(person, SECOND)
    return person


@pytest.fixture(scope="module")
def files(owner: Person) -> list[Json]:
    """A file in each of the three buckets."""
    where = [{"bucket": FIRST}, {"bucket": SECOND}, {"bucket": "default"}]
    return publish_all(owner, [(bucket, str(bucket).encode()) for bucket in where])


def found(owner: Person, bucket: str) -> list[str]:
    """The ids of the files that a filter by bucket finds, in rising order."""
    answer = owner.http.get("/v1/files", params={"bucket": bucket, "limit": 200})
    assert answer.status_code == 200
    return sorted(item["id"] for item in answer.json()["items"])


def test_an_upload_tells_its_bucket(owner: Person) -> None:
    uploads = create(owner, wanted(1, bucket=FIRST), wanted(1), wanted(1, bucket=SECOND))
    assert [upload["bucket"] for upload in uploads] == [FIRST, "default", SECOND]
    listed = owner.http.get("/v1/uploads", params={"limit": 200}).json()["items"]
    told = {upload["id"]: upload["bucket"] for upload in listed}
    assert [told[upload["id"]] for upload in uploads] == [FIRST, "default", SECOND]


def place(url: str) -> tuple[str, str]:
    """The bucket of the store that a URL leads to, by its host or by its path."""
    split = urlsplit(url)
    return split.netloc, split.path.split("/")[1]


def test_the_bytes_go_to_a_bucket_of_their_own(owner: Person, files: list[Json]) -> None:
    paths = [file["links"]["download"] for file in files]
    places = {place(owner.http.get(path).headers["location"]) for path in paths}
    assert len(places) == 3


def test_a_files_bucket_is_shown_and_its_bytes_come_back(owner: Person, files: list[Json]) -> None:
    assert [file["bucket"] for file in files] == [FIRST, SECOND, "default"]
    for file in files:
        assert owner.http.get(file["links"]["self"]).json() == file
        url = owner.http.get(file["links"]["download"]).headers["location"]
        assert store().get(url).content == str({"bucket": file["bucket"]}).encode()


def test_a_bucket_filters(owner: Person, files: list[Json]) -> None:
    first, second, third = (file["id"] for file in files)
    assert first in found(owner, FIRST)
    assert {second, third}.isdisjoint(found(owner, FIRST))
    assert found(owner, FIRST.upper()) == found(owner, FIRST)
    assert third in found(owner, "default")
    assert {first, second} <= set(found(owner, STEM))
    assert third not in found(owner, STEM)
    for nothing in (STEM[1:], f"{FIRST}x", f"{STEM}%", f"{STEM}_first", "nobodys"):
        assert found(owner, nothing) == []


@pytest.mark.parametrize("size", [0, 1, 5 * MIB + 1])
def test_fragments_are_forged_in_the_bucket(owner: Person, size: int) -> None:
    data = b"\x07" * size
    upload = forge(owner, data, bucket=FIRST, fragment_size=5 * MIB)
    assert expect_file(owner, upload, data)["bucket"] == FIRST


@pytest.mark.parametrize("size", [0, 1, LARGEST + 1])
def test_relayed_fragments_are_forged_in_the_bucket(owner: Person, size: int) -> None:
    data = b"\x08" * size
    upload = relay(owner, data, bucket=SECOND)
    assert expect_file(owner, upload, data)["bucket"] == SECOND


def test_a_fresh_url_leads_to_the_same_bucket(owner: Person) -> None:
    upload = reserve(owner, 3, bucket=FIRST)
    path = f"/v1/uploads/{upload['id']}/fragments"
    fresh = owner.http.post(path, json={"numbers": [1]}).json()["fragments"][0]
    assert place(fresh["url"]) == place(upload["fragments"][0]["url"])
    assert place(fresh["url"]) != place(reserve(owner, 3)["fragments"][0]["url"])
    assert put(fresh, b"abc").status_code == 200
    complete(owner, upload)
    expect_file(owner, settled(owner, upload), b"abc")


def test_a_replay_is_for_the_same_bucket_alone(owner: Person) -> None:
    key, file = new_key(), wanted(1, bucket=FIRST)
    made = [post_once(owner, key, {"files": [file]}).json()["uploads"][0] for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    assert made[1]["bucket"] == FIRST
    other = post_once(owner, key, {"files": [file | {"bucket": SECOND}]})
    assert other.status_code == 422


def test_a_batch_with_one_wrong_bucket_reserves_nothing(owner: Person) -> None:
    def waiting() -> set[str]:
        items = owner.http.get("/v1/uploads", params={"limit": 200}).json()["items"]
        return {upload["id"] for upload in items}

    before = waiting()
    body = {"files": [wanted(1, bucket=FIRST), wanted(1, bucket=f"{FIRST}x")]}
    expect_invalid(owner.http.post("/v1/uploads", json=body), "/files/1/bucket")
    assert waiting() == before


@pytest.mark.parametrize(
    "form", [" {}", "{} ", "{}/", "/{}", "{}\n", "{}\x00", "{}x", "X{}"], ids=repr
)
def test_a_name_that_is_nearly_the_buckets_is_refused(owner: Person, form: str) -> None:
    for name in (form.format(FIRST), FIRST.upper()):
        answer = owner.http.post("/v1/uploads", json={"files": [wanted(1, bucket=name)]})
        expect_invalid(answer, "/files/0/bucket")


def test_a_file_can_be_renamed_in_its_bucket(owner: Person) -> None:
    file = publish(owner, b"renamed", bucket=FIRST)
    answer = owner.http.patch(f"/v1/files/{file['id']}", json={"file_name": "another.txt"})
    assert answer.json() == file | {"file_name": "another.txt"}
