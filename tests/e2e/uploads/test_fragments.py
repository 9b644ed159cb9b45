"""POST /v1/uploads/{id}/fragments: fresh presigned URLs."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.digests import checksum, crc32
from tests.e2e.support.people import Person
from tests.e2e.support.sending import (
    MIB,
    Json,
    abort,
    complete,
    look,
    put,
    reserve,
    send,
    send_one,
    sent,
    settled,
)
from tests.e2e.support.shapes import FRAGMENT, assert_shape, seconds_from_now


def ask(person: Person, upload: Json, numbers: Any, **more: Any) -> httpx.Response:
    """Ask for fresh URLs, whatever comes of it."""
    body = {"numbers": numbers} | more
    return person.http.post(f"/v1/uploads/{upload['id']}/fragments", json=body)


@pytest.fixture(scope="module")
def three(ana: Person) -> Json:
    """An upload of three fragments; its bytes stay unsent."""
    return reserve(ana, 11 * MIB, fragment_size=5 * MIB)


@pytest.fixture(scope="module")
def many(ana: Person) -> Json:
    """An upload of 1,001 fragments; its bytes stay unsent."""
    return reserve(ana, 5000 * MIB + 1, fragment_size=5 * MIB)


def test_fresh_urls_are_given_for_the_numbers_asked_for(ana: Person, three: Json) -> None:
    answer = ask(ana, three, [3, 1])
    assert answer.status_code == 200
    assert answer.json().keys() == {"fragments"}
    for fragment in answer.json()["fragments"]:
        assert_shape(fragment, FRAGMENT)
        assert 60 < seconds_from_now(fragment["expires_at"]) <= 3600
    tiles = {(part["number"], part["offset"], part["size"]) for part in answer.json()["fragments"]}
    assert tiles == {(1, 0, 5 * MIB), (3, 10 * MIB, MIB)}


def test_a_fresh_url_takes_the_bytes(ana: Person) -> None:
    upload = reserve(ana, 3)
    send(ask(ana, upload, [1]).json()["fragments"], b"abc")
    assert look(ana, upload)["received"] == [[1, 1]]


def test_a_fragment_that_is_there_can_be_sent_again(ana: Person) -> None:
    upload = sent(ana, b"abc")
    send(ask(ana, upload, [1]).json()["fragments"], b"abc")
    assert look(ana, upload)["received_bytes"] == 3


def test_fresh_urls_are_a_sign_of_life(ana: Person) -> None:
    upload = reserve(ana, 1)
    ask(ana, upload, [1])
    before, after = (
        datetime.fromisoformat(one["expires_at"]) for one in (upload, look(ana, upload))
    )
    assert after >= before


def test_a_thousand_urls_can_be_asked_for_at_once(ana: Person, many: Json) -> None:
    answer = ask(ana, many, list(range(2, 1002)))
    numbers = sorted(part["number"] for part in answer.json()["fragments"])
    assert numbers == list(range(2, 1002))


def test_more_than_a_thousand_are_refused(ana: Person, many: Json) -> None:
    expect_invalid(ask(ana, many, list(range(1, 1002))), "/numbers")
    expect_invalid(ask(ana, many, [1] * 1001), "/numbers")


@pytest.mark.parametrize("number", [0, -1, 4, 10_000, 10_001, 2**31, 2**63, 2**64, -(2**63)])
def test_a_number_out_of_range_is_refused(ana: Person, three: Json, number: int) -> None:
    expect_problem(ask(ana, three, [1, number]), {404, 422})


def test_an_empty_file_has_no_fragment(ana: Person) -> None:
    expect_problem(ask(ana, reserve(ana, 0), [1]), {404, 422})


@pytest.mark.parametrize("number", [True, False, "1", 1.5, None, [], [1], {}], ids=repr)
def test_a_number_of_another_type_is_refused(ana: Person, three: Json, number: Any) -> None:
    expect_invalid(ask(ana, three, [number]), "/numbers/0")


@pytest.mark.parametrize("numbers", [None, 1, "1", True, {}, {"0": 1}], ids=repr)
def test_numbers_are_a_list(ana: Person, three: Json, numbers: Any) -> None:
    expect_invalid(ask(ana, three, numbers), "/numbers")


def test_a_number_asked_for_twice_is_given_once_or_refused(ana: Person, three: Json) -> None:
    answer = ask(ana, three, [2, 2])
    assert answer.status_code in {200, 422}
    assert [part["number"] for part in answer.json().get("fragments", [])] in ([], [2])


def test_asking_for_no_number_gives_nothing(ana: Person, three: Json) -> None:
    answer = ask(ana, three, [])
    assert answer.status_code in {200, 422}
    assert answer.json().get("fragments", []) == []


def test_a_given_crc_is_signed_into_the_url(ana: Person) -> None:
    upload = reserve(ana, 3)
    fragment = ask(ana, upload, [1], crc32={"1": crc32(b"abc")}).json()["fragments"][0]
    signed = str(fragment["headers"]).lower() + fragment["url"].lower()
    assert "x-amz-checksum-crc32" in signed
    send_one(fragment, b"abc")
    assert look(ana, upload)["received"] == [[1, 1]]


def test_a_signed_crc_keeps_out_other_bytes(ana: Person) -> None:
    upload = reserve(ana, 3)
    fragment = ask(ana, upload, [1], crc32={"1": crc32(b"abc")}).json()["fragments"][0]
    assert 400 <= put(fragment, b"abd").status_code < 500
    assert look(ana, upload)["received"] == []


def test_a_crc_on_a_crc64nvme_upload_is_refused(ana: Person) -> None:
    upload = reserve(ana, 3, checksum=checksum("crc64nvme", b"abc"))
    expect_invalid(ask(ana, upload, [1], crc32={"1": crc32(b"abc")}), "/crc32")


@pytest.mark.parametrize(
    "crcs",
    [{"1": value} for value in ("", "AAAA", "AAAAAAA=", "!!!!!!==", "AAAAAA")]
    + [{"1": 7}, {"1": None}, {"1": True}, {"1": []}, {"1": {}}]
    + [{key: "AAAAAA=="} for key in ("0", "-1", "x", "", "4", "2", "1.0", " 1", "\u0661")]
    + [7, True, "x", [], ["AAAAAA=="]],
    ids=ascii,
)
def test_a_bad_crc_is_refused(ana: Person, three: Json, crcs: Any) -> None:
    expect_invalid(ask(ana, three, [1], crc32=crcs), "/crc32")


def test_a_field_that_is_not_known_is_refused(ana: Person, three: Json) -> None:
    expect_invalid(ask(ana, three, [1], sha1={}), "/sha1")
    expect_invalid(ana.http.post(f"/v1/uploads/{three['id']}/fragments", json={}), "/numbers")


def test_an_aborted_upload_gives_no_urls(ana: Person) -> None:
    upload = reserve(ana, 1)
    abort(ana, upload)
    expect_problem(ask(ana, upload, [1]), 410)


def test_a_completed_upload_gives_no_urls(ana: Person) -> None:
    upload = sent(ana, b"x")
    complete(ana, upload)
    expect_problem(ask(ana, upload, [1]), 409, "upload_ended")
    settled(ana, upload)
    expect_problem(ask(ana, upload, [1]), 409, "upload_ended")


def test_the_form_is_judged_before_the_state(ana: Person) -> None:
    upload = reserve(ana, 1)
    abort(ana, upload)
    expect_invalid(ask(ana, upload, ["x"]), "/numbers/0")


def test_asking_signs_nothing_for_a_stranger(ana: Person, bob: Person) -> None:
    upload = reserve(ana, 1)
    expect_problem(ask(bob, upload, [1]), 404)
    expect_problem(ask(bob, upload, [9999]), {404, 422})
