"""DELETE /v1/uploads/{id}."""

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import abort, complete, finished, forge, look, reserve, sent
from tests.e2e.support.shapes import UPLOAD, assert_shape
from tests.e2e.support.waiting import at_once


def test_an_aborted_upload_says_so(ana: Person) -> None:
    upload = reserve(ana, 3)
    assert abort(ana, upload).status_code == 204
    seen = look(ana, upload)
    assert_shape(seen, UPLOAD)
    assert (seen["status"], seen["file_id"], seen["failure"]) == ("aborted", None, None)


def test_aborting_can_be_repeated(ana: Person) -> None:
    upload = sent(ana, b"abc")
    assert [abort(ana, upload).status_code for _ in range(3)] == [204] * 3


def test_aborting_many_times_at_once_is_aborting(ana: Person) -> None:
    upload = sent(ana, b"abc")
    answers = at_once([lambda: abort(ana, upload)] * 8)
    assert {answer.status_code for answer in answers} == {204}


def test_an_upload_in_assembly_or_ready_cannot_be_aborted(ana: Person) -> None:
    upload = sent(ana, b"abc")
    complete(ana, upload)
    expect_problem(abort(ana, upload), 409, "upload_ended")


def test_a_ready_upload_cannot_be_aborted_and_its_file_stays(ana: Person) -> None:
    upload = forge(ana, b"abc")
    expect_problem(abort(ana, upload), 409, "upload_ended")
    assert finished(ana, look(ana, upload))["size"] == 3


def test_a_stranger_aborts_nothing(ana: Person, bob: Person) -> None:
    upload = reserve(ana, 3)
    expect_problem(abort(bob, upload), 404)
    assert look(ana, upload)["status"] == "receiving"


def test_a_stranger_is_not_told_that_an_upload_has_ended(ana: Person, bob: Person) -> None:
    upload = reserve(ana, 3)
    abort(ana, upload)
    expect_problem(abort(bob, upload), 404)
    expect_problem(complete(bob, upload), 404)
