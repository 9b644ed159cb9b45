"""Sizes of files and of fragments, and numbers that are none."""

import pytest

from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import GIB, MIB, reserve, wanted

PATH = "/v1/uploads"


def body(size: str, fragment_size: str = "8388608") -> str:
    """A request with these numbers spelt out, even where JSON has no such number."""
    file = f'{{"file_name": "a", "size": {size}, "fragment_size": {fragment_size}}}'
    return f'{{"files": [{file}]}}'


@pytest.mark.parametrize("size", ["-1", "-9223372036854775809", "1.5", "1e-3", "-0.5"])
def test_a_size_that_no_file_has_is_refused(ana: Person, size: str) -> None:
    expect_invalid(ana.http.post(PATH, **raw_json(body(size))), "/files/0/size")


@pytest.mark.parametrize("size", ["true", "false", "null", '"5"', '"x"', "[]", "[5]", "{}"])
def test_a_size_is_a_number(ana: Person, size: str) -> None:
    expect_invalid(ana.http.post(PATH, **raw_json(body(size))), "/files/0/size")


@pytest.mark.parametrize("size", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
def test_a_size_that_is_no_number_is_refused(ana: Person, size: str) -> None:
    expect_problem(ana.http.post(PATH, **raw_json(body(size))), {400, 422})


@pytest.mark.parametrize("size", ["0x10", "010", "+1", "1_000", ".5", "1.", "5 5", "'5'"])
def test_a_number_that_json_does_not_have_is_refused(ana: Person, size: str) -> None:
    expect_problem(ana.http.post(PATH, **raw_json(body(size))), 400)


@pytest.mark.parametrize("size", [2**53 + 1, 2**63 - 1, 2**63, 2**64, 2**64 + 1, 10**30, 10**400])
def test_a_huge_size_is_refused(ana: Person, size: int) -> None:
    expect_problem(ana.http.post(PATH, **raw_json(body(str(size)))), {413, 422})


def test_a_number_of_ten_thousand_digits_is_refused(ana: Person) -> None:
    expect_problem(ana.http.post(PATH, **raw_json(body("9" * 10_000))), {400, 413, 422})


def test_the_largest_file_of_the_plan_is_accepted(newcomer: Person) -> None:
    assert reserve(newcomer, 5 * GIB, fragment_size=5 * GIB)["fragment_count"] == 1


def test_a_file_over_the_plans_size_is_refused(ana: Person) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(5 * GIB + 1)]})
    expect_problem(answer, 413, "file_too_large")


@pytest.mark.parametrize("size", [5 * MIB - 1, 5 * GIB + 1, 0, -1, 1, 2**63, 2**64])
def test_a_fragment_is_5_mib_to_5_gib(ana: Person, size: int) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(1, fragment_size=size)]})
    expect_invalid(answer, "/files/0/fragment_size")


@pytest.mark.parametrize("size", ["true", '"8388608"', "8388608.5", "[]", "{}"])
def test_a_fragment_size_is_a_whole_number(ana: Person, size: str) -> None:
    answer = ana.http.post(PATH, **raw_json(body("1", size)))
    expect_invalid(answer, "/files/0/fragment_size")


@pytest.mark.parametrize("size", ["NaN", "Infinity", "1e400"])
def test_a_fragment_size_that_is_no_number_is_refused(ana: Person, size: str) -> None:
    expect_problem(ana.http.post(PATH, **raw_json(body("1", size))), {400, 422})


def test_more_than_10000_fragments_are_refused(ana: Person) -> None:
    answer = ana.http.post(PATH, json={"files": [wanted(50_000 * MIB + 1, fragment_size=5 * MIB)]})
    expect_problem(answer, {413, 422})
