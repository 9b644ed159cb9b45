"""Batches: 1 to 50 files, all or none."""

from typing import Any

import pytest

from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import GIB, create, fill_quota, wanted

PATH = "/v1/uploads"


def test_50_files_come_back_in_their_order(ana: Person) -> None:
    files = [wanted(number) for number in range(50)]
    uploads = create(ana, *files)
    given = [(file["file_name"], file["size"]) for file in files]
    assert [(upload["file_name"], upload["size"]) for upload in uploads] == given
    assert len({upload["id"] for upload in uploads}) == 50


@pytest.mark.parametrize("count", [0, 51, 1000])
def test_no_file_or_more_than_50_are_refused(ana: Person, count: int) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(1)] * count})
    expect_invalid(answer, "/files")


@pytest.mark.parametrize("files", [None, 7, True, "x", {}, {"0": {}}], ids=repr)
def test_files_are_a_list(ana: Person, files: Any) -> None:
    expect_invalid(ana.http.post(PATH, json={"files": files}), "/files")


@pytest.mark.parametrize("file", [None, 7, True, "x", [], [1]], ids=repr)
def test_each_file_is_an_object(ana: Person, file: Any) -> None:
    expect_invalid(ana.http.post(PATH, json={"files": [wanted(1), file]}), "/files/1")


def test_files_are_needed(ana: Person) -> None:
    expect_invalid(ana.http.post(PATH, json={}), "/files")


def test_two_files_may_have_the_same_name(ana: Person) -> None:
    first, second = create(ana, wanted(1, file_name="twin"), wanted(1, file_name="twin"))
    assert first["id"] != second["id"]


def test_every_wrong_file_is_named_at_once(ana: Person) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(-1), wanted(1), wanted(1, mode="x")]})
    expect_invalid(answer, "/files/0/size")
    expect_invalid(answer, "/files/2/mode")


@pytest.mark.parametrize(
    "bad",
    [{"size": -1}, {"mode": "x"}, {"bucket": "nobodys"}, {"size": 5 * GIB + 1}, {"extra": 1}],
    ids=repr,
)
def test_one_bad_file_keeps_out_the_whole_batch(newcomer: Person, bad: dict[str, Any]) -> None:
    good = wanted(5 * GIB, fragment_size=5 * GIB)
    answer = newcomer.http.post(PATH, json={"files": [good, good, wanted(1) | bad]})
    expect_problem(answer, {413, 422})
    assert newcomer.http.get(PATH).json()["items"] == []
    assert len(fill_quota(newcomer)) == 3


def test_a_batch_over_the_quota_reserves_nothing(newcomer: Person) -> None:
    files = [wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(3)]
    answer = newcomer.http.post(PATH, json={"files": [*files, wanted(1)]})
    expect_problem(answer, 413, "quota_exceeded")
    assert newcomer.http.get(PATH).json()["items"] == []
    assert len(fill_quota(newcomer)) == 3
