"""Many hands at the same buckets at the same moment."""

from collections import Counter
from functools import partial

import httpx
import pytest

from tests.e2e.support.buckets import ask_for, drop, drop_when_empty, make, names, new_name
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person, register
from tests.e2e.support.sending import abort, complete, download, sent, settled, wanted
from tests.e2e.support.waiting import at_once

ROUNDS = 4


@pytest.fixture
def rivals(base_url: str) -> list[Person]:
    """Two people who want the same names."""
    return [register(base_url) for _ in range(2)]


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    """How often each status was given."""
    return Counter(answer.status_code for answer in answers)


def reserve_in(person: Person, bucket: str) -> httpx.Response:
    """Ask for an upload into a bucket, whatever comes of it."""
    return person.http.post("/v1/uploads", json={"files": [wanted(3, bucket=bucket)]})


def the_winner(answers: list[httpx.Response], code: str) -> httpx.Response:
    """The one request that created something; all others were told why they did not."""
    won = [answer for answer in answers if answer.status_code == 201]
    assert len(won) == 1, statuses(answers)
    for answer in answers:
        if answer is not won[0]:
            expect_problem(answer, 409, code)
    return won[0]


def test_of_twenty_who_want_a_name_one_gets_it(rivals: list[Person]) -> None:
    for _ in range(ROUNDS):
        name = new_name()
        answers = at_once([partial(ask_for, person, name) for person in rivals * 10])
        winner = the_winner(answers, "bucket_exists").json()["owner_id"]
        owners = [person for person in rivals if name in names(person)]
        assert [owner.user["id"] for owner in owners] == [winner]
        assert drop(owners[0], name).status_code == 204


def test_of_ten_names_at_once_as_many_are_made_as_the_plan_allows(newcomer: Person) -> None:
    wanted_names = [new_name() for _ in range(10)]
    answers = at_once([partial(ask_for, newcomer, name) for name in wanted_names])
    assert statuses(answers) == {201: 3, 409: 7}
    for answer in answers:
        if answer.status_code == 409:
            expect_problem(answer, 409, "bucket_limit")
    made = {answer.json()["name"] for answer in answers if answer.status_code == 201}
    assert names(newcomer) == {"default", *made}
    for name in set(wanted_names) - made:
        expect_problem(drop(newcomer, name), 404)


def test_deleted_many_times_at_once_a_bucket_is_deleted_once(rivals: list[Person]) -> None:
    owner = rivals[0]
    name = make(owner)
    answers = at_once([partial(drop, owner, name)] * 8)
    assert statuses(answers)[204] >= 1
    assert statuses(answers).keys() <= {204, 404}
    assert name not in names(owner)
    # One was given back, not eight: the limit is what it was.
    made = [make(owner) for _ in range(3)]
    expect_problem(ask_for(owner, new_name()), 409, "bucket_limit")
    for left in made:
        drop_when_empty(owner, left)


def expect_one_or_the_other(
    person: Person, bucket: str, dropped: httpx.Response, reserved: list[httpx.Response]
) -> None:
    """The bucket is gone and holds no upload, or there are uploads and it stays; it ends empty."""
    made = [answer.json()["uploads"][0] for answer in reserved if answer.status_code == 201]
    if dropped.status_code == 204:
        assert made == []
        assert bucket not in names(person)
        return
    expect_problem(dropped, 409, "bucket_not_empty")
    assert bucket in names(person)
    for upload in made:
        assert abort(person, upload).status_code == 204
    drop_when_empty(person, bucket)


@pytest.mark.parametrize("step", [1, -1], ids=["uploads first", "deletion first"])
def test_a_bucket_is_never_deleted_under_an_upload(newcomer: Person, step: int) -> None:
    for _ in range(ROUNDS):
        name = make(newcomer)
        calls = [partial(reserve_in, newcomer, name)] * 4 + [partial(drop, newcomer, name)]
        *reserved, dropped = at_once(calls[::step])[::step]
        for answer in reserved:
            if answer.status_code != 201:
                expect_invalid(answer, "/files/0/bucket")
        expect_one_or_the_other(newcomer, name, dropped, reserved)


def test_a_file_that_is_being_completed_is_not_lost_with_its_bucket(newcomer: Person) -> None:
    name = make(newcomer)
    for number in range(ROUNDS):
        data = b"file %d" % number
        upload = sent(newcomer, data, bucket=name)
        dropped, *_ = at_once(
            [partial(drop, newcomer, name)] * 3 + [partial(complete, newcomer, upload)] * 2
        )
        expect_problem(dropped, 409, "bucket_not_empty")
        file_id = settled(newcomer, upload)["file_id"]
        assert download(newcomer, file_id).content == data
        newcomer.http.delete(f"/v1/files/{file_id}")
    drop_when_empty(newcomer, name)


def test_a_name_that_is_freed_and_taken_at_once_belongs_to_one(rivals: list[Person]) -> None:
    owner, other = rivals
    for _ in range(ROUNDS):
        name = make(owner)
        dropped, *asked = at_once(
            [partial(drop, owner, name)] + [partial(ask_for, other, name)] * 5
        )
        assert dropped.status_code == 204
        assert statuses(asked)[201] <= 1
        assert statuses(asked).keys() <= {201, 409}
        assert name not in names(owner)
        assert (name in names(other)) is (201 in statuses(asked))
        if name in names(other):
            assert reserve_in(owner, name).status_code == 422
            drop_when_empty(other, name)
