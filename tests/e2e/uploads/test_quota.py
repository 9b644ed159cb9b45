"""15 GiB of the plan `basic`: reserved at creation, given back once and only once."""

import httpx
import pytest

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.digests import checksum
from tests.e2e.support.people import Person
from tests.e2e.support.sending import (
    GIB,
    abort,
    complete,
    create,
    fill_quota,
    forge,
    publish,
    reserve,
    sent,
    settled,
    wanted,
)
from tests.e2e.support.waiting import at_once, eventually


def ask(person: Person, size: int) -> httpx.Response:
    """Try to reserve one upload, in one fragment."""
    body = {"files": [wanted(size, fragment_size=5 * GIB)]}
    return person.http.post("/v1/uploads", json=body)


def expect_full(person: Person) -> None:
    """Not one more byte fits."""
    expect_problem(ask(person, 1), 413, "quota_exceeded")


def expect_room(person: Person, size: int) -> None:
    """That much fits, at once or as soon as what was given back has arrived, and no byte more."""
    eventually(lambda: ask(person, size).status_code, lambda status: status == 201, 10)
    expect_full(person)


def test_the_quota_can_be_used_to_its_last_byte(newcomer: Person) -> None:
    create(newcomer, *(wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(2)))
    reserve(newcomer, 5 * GIB - 1, fragment_size=5 * GIB)
    reserve(newcomer, 1)
    expect_full(newcomer)


def test_an_empty_file_fits_always(newcomer: Person) -> None:
    fill_quota(newcomer)
    assert reserve(newcomer, 0)["fragment_count"] == 0


def test_a_refused_upload_takes_nothing(newcomer: Person) -> None:
    create(newcomer, *(wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(2)))
    reserve(newcomer, 100)
    for _ in range(3):
        expect_problem(ask(newcomer, 5 * GIB), 413, "quota_exceeded")
    expect_room(newcomer, 5 * GIB - 100)


def test_of_many_at_once_only_as_many_fit_as_there_is_room(newcomer: Person) -> None:
    answers = at_once([lambda: ask(newcomer, 5 * GIB)] * 8)
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [413] * 5
    expect_full(newcomer)


def test_an_aborted_upload_gives_its_size_back_once(newcomer: Person) -> None:
    upload = fill_quota(newcomer)[0]
    expect_full(newcomer)
    at_once([lambda: abort(newcomer, upload)] * 5)
    abort(newcomer, upload)
    expect_room(newcomer, 5 * GIB)


def test_a_failed_upload_gives_its_size_back(newcomer: Person) -> None:
    failed = forge(newcomer, b"x" * 100, checksum=checksum("sha256", b"other bytes"))
    assert failed["status"] == "failed"
    create(newcomer, *(wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(2)))
    expect_room(newcomer, 5 * GIB)


def test_a_file_counts_once_and_gives_its_size_back_once(newcomer: Person) -> None:
    file = publish(newcomer, b"x" * 100)
    reserve(newcomer, 5 * GIB - 100, fragment_size=5 * GIB)
    create(newcomer, *(wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(2)))
    expect_full(newcomer)
    at_once([lambda: newcomer.http.delete(f"/v1/files/{file['id']}")] * 5)
    expect_room(newcomer, 100)


def test_completing_many_times_counts_the_file_once(newcomer: Person) -> None:
    upload = sent(newcomer, b"x" * 100)
    at_once([lambda: complete(newcomer, upload)] * 5)
    settled(newcomer, upload)
    reserve(newcomer, 5 * GIB - 100, fragment_size=5 * GIB)
    create(newcomer, *(wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(2)))
    expect_full(newcomer)


@pytest.mark.parametrize("size", [5 * GIB + 1, 15 * GIB + 1])
def test_a_file_over_the_plan_is_too_large_before_it_is_over_the_quota(
    ana: Person, size: int
) -> None:
    expect_problem(ask(ana, size), 413, "file_too_large")
