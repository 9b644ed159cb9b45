"""The order of checks on a fragment's way in, and the uploads that take none."""

import pytest

from tests.e2e.support.clients import client
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.digests import checksum
from tests.e2e.support.people import Person
from tests.e2e.support.relaying import CRC, LARGEST, OCTETS, begin, give, handed_over, place, relay
from tests.e2e.support.routes import ABSENT
from tests.e2e.support.sending import Json, abort, complete, look, reserve, settled

UNKNOWN = {"id": ABSENT}
NO_UPLOADS = ["x", "0", "%20", "%F0%9F%94%A5", ABSENT[:-1], ABSENT + "0"]
TEXT = {"content-type": "text/plain"}


@pytest.mark.parametrize("kind", [{}, TEXT, OCTETS], ids=["none", "text", "bytes"])
@pytest.mark.parametrize("size", [0, 1, LARGEST + 1])
def test_a_token_comes_before_everything(base_url: str, kind: dict[str, str], size: int) -> None:
    for path in (place(UNKNOWN, 1), place(UNKNOWN, "x"), place({"id": "x"}, 0)):
        answer = client(base_url).put(path, content=b"x" * size, headers=kind)
        expect_problem(answer, 401)


def wrong_forms(person: Person, upload: Json, number: object) -> None:
    """Each fault of form is told, whatever is there."""
    path = place(upload, number)
    expect_problem(person.http.put(path, content=b"x", headers=TEXT), 415)
    expect_problem(person.http.put(path, content=b"x"), 415)
    expect_problem(give(person, upload, number, bytes(LARGEST + 1)), 413)
    expect_problem(give(person, upload, number, b"x", "no CRC"), 422)


def test_the_form_comes_before_an_unknown_upload(ana: Person) -> None:
    wrong_forms(ana, UNKNOWN, 1)


def test_the_form_comes_before_a_strangers_upload(ana: Person, bob: Person) -> None:
    wrong_forms(bob, begin(ana, 1), 1)


def test_the_form_comes_before_a_number_out_of_range(ana: Person) -> None:
    wrong_forms(ana, begin(ana, 1), 2)


def test_the_form_comes_before_the_state(ana: Person) -> None:
    upload = begin(ana, 1)
    abort(ana, upload)
    wrong_forms(ana, upload, 1)
    wrong_forms(ana, reserve(ana, 1), 1)


def test_of_two_faults_of_form_one_is_told(ana: Person) -> None:
    headers = TEXT | {CRC: "no CRC"}
    answer = ana.http.put(place(UNKNOWN, 1), content=b"x" * (LARGEST + 1), headers=headers)
    expect_problem(answer, {413, 415, 422})


@pytest.mark.parametrize("id_", [ABSENT, *NO_UPLOADS])
def test_an_upload_that_nobody_has_is_absent(ana: Person, id_: str) -> None:
    expect_problem(give(ana, {"id": id_}, 1, b"x"), 404)


def test_what_is_somebody_elses_looks_as_if_it_were_absent(ana: Person, bob: Person) -> None:
    upload = begin(ana, 1)
    theirs = expect_problem(give(bob, upload, 1, b"x"), 404)
    absent = expect_problem(give(bob, UNKNOWN, 1, b"x"), 404)
    assert {**theirs, "request_id": ""} == {**absent, "request_id": ""}
    assert look(ana, upload)["received"] == []


def test_a_superadmin_sends_nothing_for_others(ana: Person, superadmin: Person) -> None:
    upload = begin(ana, 1)
    expect_problem(give(superadmin, upload, 1, b"x"), 404)
    assert look(ana, upload)["received"] == []


@pytest.mark.parametrize("data", [b"x", b"", b"xx"], ids=repr)
def test_a_stranger_learns_neither_state_nor_mode_nor_size(
    ana: Person, bob: Person, data: bytes
) -> None:
    aborted, direct = begin(ana, 1), reserve(ana, 1)
    abort(ana, aborted)
    for upload in (aborted, direct, begin(ana, 1)):
        expect_problem(give(bob, upload, 1, data), 404)


def test_a_direct_upload_takes_no_relayed_fragment(ana: Person) -> None:
    upload = reserve(ana, 3)
    expect_problem(give(ana, upload, 1, b"abc"), 409, "not_relay")
    assert look(ana, upload)["received"] == []


def test_a_number_out_of_range_is_absent_before_the_upload_has_ended(ana: Person) -> None:
    upload = begin(ana, 1)
    abort(ana, upload)
    expect_problem(give(ana, upload, 2, b"x"), 404)


@pytest.mark.parametrize("data", [b"abc", b"xyz"], ids=["equal", "other"])
def test_a_completed_upload_takes_no_fragment(ana: Person, data: bytes) -> None:
    upload = handed_over(ana, b"abc")
    complete(ana, upload)
    expect_problem(give(ana, upload, 1, data), 409, "upload_ended")
    assert settled(ana, upload)["status"] == "ready"
    expect_problem(give(ana, upload, 1, data), 409, "upload_ended")


def test_a_failed_upload_takes_no_fragment(ana: Person) -> None:
    failed = relay(ana, b"abc", checksum=checksum("crc32", b"xyz"))
    assert failed["status"] == "failed"
    expect_problem(give(ana, failed, 1, b"abc"), 409, "upload_ended")


def test_an_aborted_upload_takes_no_fragment(ana: Person) -> None:
    upload = begin(ana, 6, fragment_size=3)
    give(ana, upload, 1, b"abc")
    abort(ana, upload)
    for number in (1, 2):
        expect_problem(give(ana, upload, number, b"abc"), 410)
    assert look(ana, upload)["status"] == "aborted"


def test_an_empty_relayed_file_that_is_ready_has_no_fragment(ana: Person) -> None:
    upload = relay(ana, b"")
    assert upload["status"] == "ready"
    expect_problem(give(ana, upload, 1, b""), 404)
