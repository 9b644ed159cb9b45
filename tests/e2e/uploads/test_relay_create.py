"""POST /v1/uploads in mode `relay`: what is reserved."""

from typing import Any

import httpx
import pytest

from tests.e2e.support.clients import raw_json
from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.relaying import LARGEST, begin
from tests.e2e.support.sending import GIB, MIB, create, look, reserve, wanted
from tests.e2e.support.shapes import LISTED_UPLOAD, UPLOAD, assert_shape, seconds_from_now

PATH = "/v1/uploads"
DAY = 24 * 3600


def ask(person: Person, size: int, **fields: Any) -> httpx.Response:
    """Try to reserve one relayed upload."""
    return person.http.post(PATH, json={"files": [wanted(size, mode="relay", **fields)]})


def test_a_relayed_upload_begins_with_everything_missing(ana: Person) -> None:
    upload = begin(ana, 10 * MIB, file_name="a.bin", content_type="image/png")
    assert_shape(upload, UPLOAD, "fragments")
    expected = {
        "file_name": "a.bin", "size": 10 * MIB, "content_type": "image/png", "bucket": "default",
        "mode": "relay", "status": "receiving", "fragment_size": LARGEST, "fragment_count": 3,
        "received": [], "missing": [[1, 3]], "received_bytes": 0, "file_id": None, "failure": None,
    }  # fmt: skip
    assert upload.items() >= expected.items()
    assert DAY - 120 < seconds_from_now(upload["expires_at"]) <= DAY + 1


def test_a_relayed_upload_has_no_presigned_urls(ana: Person) -> None:
    upload = begin(ana, 3)
    assert not upload.get("fragments")
    assert "http" not in str(upload)


def test_a_relayed_upload_is_seen_again_as_it_was_created(ana: Person) -> None:
    upload = begin(ana, 10, fragment_size=3)
    seen = look(ana, upload)
    assert_shape(seen, UPLOAD)
    assert seen == {name: value for name, value in upload.items() if name != "fragments"}


@pytest.mark.parametrize(
    ("size", "fragment_size", "count"),
    [(1, None, 1), (LARGEST, None, 1), (LARGEST + 1, None, 2), (5 * GIB, None, 1280)]
    + [(1, 1, 1), (300, 1, 300), (32_768, 1, 32_768), (7, 3, 3), (6, 3, 2), (1, LARGEST, 1)]
    + [(5 * GIB, 5 * GIB // 32_768, 32_768), (LARGEST, LARGEST - 1, 2), (0, None, 0), (0, 1, 0)],
)
def test_the_fragment_size_makes_the_count(
    newcomer: Person, size: int, fragment_size: int | None, count: int
) -> None:
    given = {} if fragment_size is None else {"fragment_size": fragment_size}
    upload = begin(newcomer, size, **given)
    assert upload["fragment_size"] == (fragment_size or LARGEST)
    assert upload["fragment_count"] == count
    assert upload["missing"] == ([[1, count]] if count else [])


@pytest.mark.parametrize("size", [0, -1, LARGEST + 1, 5 * MIB, 8 * MIB, 2**31, 2**63, 2**64])
def test_a_relayed_fragment_is_1_byte_to_4_mib(ana: Person, size: int) -> None:
    expect_invalid(ask(ana, 1, fragment_size=size), "/files/0/fragment_size")


@pytest.mark.parametrize("size", ["true", '"1"', "1.5", "[]", "{}"])
def test_a_relayed_fragment_size_is_a_whole_number(ana: Person, size: str) -> None:
    file = f'{{"file_name": "a", "size": 1, "mode": "relay", "fragment_size": {size}}}'
    answer = ana.http.post(PATH, **raw_json(f'{{"files": [{file}]}}'))
    expect_invalid(answer, "/files/0/fragment_size")


@pytest.mark.parametrize(
    ("size", "fragment_size"), [(32_769, 1), (65_537, 2), (5 * GIB, 5 * GIB // 32_768 - 1)]
)
def test_more_than_32768_fragments_are_refused(ana: Person, size: int, fragment_size: int) -> None:
    expect_invalid(ask(ana, size, fragment_size=fragment_size), "/files/0")


@pytest.mark.parametrize("size", [5 * GIB + 1, 10 * GIB + 1, 2**63])
def test_a_relayed_file_over_the_limits_is_refused(ana: Person, size: int) -> None:
    expect_problem(ask(ana, size), {413, 422})


def test_a_file_over_the_plan_is_too_large_in_this_mode_too(ana: Person) -> None:
    expect_problem(ask(ana, 5 * GIB + 1), 413, "file_too_large")


def test_small_fragments_are_for_this_mode_alone(ana: Person) -> None:
    files = [wanted(1, mode=mode, fragment_size=MIB) for mode in ("relay", "direct")]
    expect_invalid(ana.http.post(PATH, json={"files": files}), "/files/1/fragment_size")


def test_one_request_may_have_both_modes(ana: Person) -> None:
    direct, relayed = create(ana, wanted(3), wanted(3, mode="relay"))
    assert (direct["mode"], relayed["mode"]) == ("direct", "relay")
    assert len(direct["fragments"]) == 1
    assert not relayed.get("fragments")


def test_a_wrong_relayed_file_of_several_reserves_none(newcomer: Person) -> None:
    files = [wanted(1, mode="relay"), wanted(1, mode="relay", fragment_size=0)]
    expect_invalid(newcomer.http.post(PATH, json={"files": files}), "/files/1/fragment_size")
    assert newcomer.http.get(PATH).json()["items"] == []


def test_the_list_tells_the_mode(newcomer: Person) -> None:
    reserve(newcomer, 1)
    begin(newcomer, 7, fragment_size=2)
    relayed, direct = newcomer.http.get(PATH).json()["items"]
    assert_shape(relayed, LISTED_UPLOAD)
    assert (relayed["mode"], direct["mode"]) == ("relay", "direct")
    assert (relayed["fragment_size"], relayed["fragment_count"]) == (2, 4)


def test_presigned_urls_are_not_given_for_a_relayed_upload(ana: Person) -> None:
    path = f"{PATH}/{begin(ana, 3)['id']}/fragments"
    expect_problem(ana.http.post(path, json={"numbers": [1]}), 409, "not_direct")
    expect_invalid(ana.http.post(path, json={"numbers": ["x"]}), "/numbers/0")
