"""The quota of relayed uploads: reserved at creation, given back once and only once."""

import httpx

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.digests import checksum
from tests.e2e.support.people import Person
from tests.e2e.support.relaying import begin, expect_file, give, hand_over, handed_over, relay
from tests.e2e.support.sending import GIB, Json, abort, complete, create, settled, wanted
from tests.e2e.support.waiting import at_once, eventually


def ask(person: Person, size: int) -> httpx.Response:
    """Try to reserve one relayed upload."""
    return person.http.post("/v1/uploads", json={"files": [wanted(size, mode="relay")]})


def expect_full(person: Person) -> None:
    """Not one more byte fits."""
    expect_problem(ask(person, 1), 413, "quota_exceeded")


def expect_room(person: Person, size: int) -> None:
    """That much fits, at once or as soon as what was given back has arrived, and no byte more."""
    eventually(lambda: ask(person, size).status_code, lambda status: status == 201, 10)
    expect_full(person)


def fill(person: Person, less: int = 0) -> list[Json]:
    """Reserve all of the plan's 15 GiB but the last few bytes."""
    sizes = [5 * GIB, 5 * GIB, 5 * GIB - less]
    return create(person, *(wanted(size, mode="relay") for size in sizes))


def test_the_quota_can_be_used_to_its_last_byte_and_aborting_frees_it(newcomer: Person) -> None:
    first, *_ = fill(newcomer)
    expect_full(newcomer)
    at_once([lambda: abort(newcomer, first)] * 5)
    expect_room(newcomer, 5 * GIB)


def test_both_modes_share_one_quota(newcomer: Person) -> None:
    fill(newcomer, less=10)
    create(newcomer, wanted(10))
    expect_full(newcomer)


def test_aborting_after_some_fragments_gives_the_whole_size_back(newcomer: Person) -> None:
    fill(newcomer, less=100)
    upload = begin(newcomer, 100, fragment_size=10)
    hand_over(newcomer, upload, bytes(100), range(1, 6))
    expect_full(newcomer)
    abort(newcomer, upload)
    expect_room(newcomer, 100)


def test_a_failed_upload_gives_its_size_back(newcomer: Person) -> None:
    fill(newcomer, less=100)
    failed = relay(newcomer, b"x" * 100, checksum=checksum("crc32", b"other bytes"))
    assert failed["status"] == "failed"
    expect_room(newcomer, 100)


def test_a_file_counts_once_and_gives_its_size_back_once(newcomer: Person) -> None:
    upload = handed_over(newcomer, b"x" * 100, fragment_size=30)
    give(newcomer, upload, 1, b"x" * 30)
    at_once([lambda: complete(newcomer, upload)] * 5)
    file = expect_file(newcomer, settled(newcomer, upload), b"x" * 100)
    fill(newcomer, less=100)
    expect_full(newcomer)
    at_once([lambda: newcomer.http.delete(f"/v1/files/{file['id']}")] * 3)
    expect_room(newcomer, 100)
