"""DELETE /v1/buckets/{name}."""

from collections.abc import Iterator

import pytest

from tests.e2e.support.buckets import drop, drop_when_empty, make, names
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.digests import checksum
from tests.e2e.support.people import Person, register
from tests.e2e.support.relaying import begin, give
from tests.e2e.support.sending import (
    Json,
    abort,
    complete,
    download,
    forge,
    look,
    publish,
    reserve,
    sent,
    settled,
    wanted,
)


@pytest.fixture(scope="module")
def owner(base_url: str) -> Person:
    """Somebody who makes buckets and gives them up."""
    return register(base_url)


@pytest.fixture
def bucket(owner: Person) -> Iterator[str]:
    """An empty bucket; the test may delete it."""
    name = make(owner)
    yield name
    drop(owner, name)


def expect_not_empty(owner: Person, bucket: str) -> None:
    """It can't be deleted, and stays."""
    expect_problem(drop(owner, bucket), 409, "bucket_not_empty")
    assert bucket in names(owner)


def test_a_deleted_bucket_is_gone(owner: Person, bucket: str) -> None:
    assert drop(owner, bucket).status_code == 204
    assert bucket not in names(owner)
    expect_problem(drop(owner, bucket), 404)
    body = {"files": [wanted(1, bucket=bucket)]}
    expect_invalid(owner.http.post("/v1/uploads", json=body), "/files/0/bucket")


def test_the_name_of_a_deleted_bucket_is_free_for_everybody(
    owner: Person, newcomer: Person, bucket: str
) -> None:
    assert drop(owner, bucket).status_code == 204
    make(newcomer, bucket)
    assert bucket in names(newcomer) - names(owner)
    expect_problem(drop(owner, bucket), 404)
    assert drop(newcomer, bucket).status_code == 204
    make(owner, bucket)
    assert reserve(owner, 1, bucket=bucket)["bucket"] == bucket


def test_a_bucket_with_a_file_stays(owner: Person, bucket: str) -> None:
    file = publish(owner, b"a file in its bucket", bucket=bucket)
    expect_not_empty(owner, bucket)
    assert download(owner, file["id"]).content == b"a file in its bucket"
    assert owner.http.delete(f"/v1/files/{file['id']}").status_code == 204
    drop_when_empty(owner, bucket)


def test_a_bucket_with_an_empty_file_stays(owner: Person, bucket: str) -> None:
    file = publish(owner, b"", bucket=bucket)
    expect_not_empty(owner, bucket)
    assert owner.http.delete(f"/v1/files/{file['id']}").status_code == 204
    drop_when_empty(owner, bucket)


@pytest.mark.parametrize("mode", ["direct", "relay"])
def test_a_bucket_with_an_unfinished_upload_stays_until_it_is_aborted(
    owner: Person, bucket: str, mode: str
) -> None:
    upload = reserve(owner, 3, bucket=bucket, mode=mode)
    expect_not_empty(owner, bucket)
    assert look(owner, upload)["status"] == "receiving"
    assert abort(owner, upload).status_code == 204
    drop_when_empty(owner, bucket)


def test_a_bucket_with_a_fragment_stays_until_the_upload_is_aborted(
    owner: Person, bucket: str
) -> None:
    direct, relayed = sent(owner, b"abc", bucket=bucket), begin(owner, 6, bucket=bucket)
    give(owner, relayed, 1, b"abcdef")
    for upload in (direct, relayed):
        expect_not_empty(owner, bucket)
        abort(owner, upload)
    drop_when_empty(owner, bucket)


def test_a_bucket_stays_while_a_file_is_assembled(owner: Person, bucket: str) -> None:
    upload = sent(owner, b"assembled in time", bucket=bucket)
    complete(owner, upload)
    expect_not_empty(owner, bucket)
    file = settled(owner, upload)["file_id"]
    expect_not_empty(owner, bucket)
    assert download(owner, file).content == b"assembled in time"
    owner.http.delete(f"/v1/files/{file}")
    drop_when_empty(owner, bucket)


def test_a_failed_upload_holds_no_bucket(owner: Person, bucket: str) -> None:
    wrong = checksum("sha256", b"other bytes")
    assert forge(owner, b"abc", bucket=bucket, checksum=wrong)["status"] == "failed"
    drop_when_empty(owner, bucket)


def test_one_bucket_does_not_hold_another(owner: Person, bucket: str) -> None:
    used = make(owner)
    file: Json = publish(owner, b"in the other bucket", bucket=used)
    assert drop(owner, bucket).status_code == 204
    expect_not_empty(owner, used)
    owner.http.delete(f"/v1/files/{file['id']}")
    drop_when_empty(owner, used)


def test_a_strangers_attempt_harms_nothing(owner: Person, bob: Person, bucket: str) -> None:
    expect_problem(drop(bob, bucket), 404)
    assert bucket in names(owner)
    assert abort(owner, reserve(owner, 1, bucket=bucket)).status_code == 204


def test_a_stranger_is_not_told_that_a_bucket_holds_something(
    owner: Person, bob: Person, bucket: str
) -> None:
    upload = reserve(owner, 1, bucket=bucket)
    expect_problem(drop(bob, bucket), 404)
    abort(owner, upload)
