"""Relayed fragments become a file: completing, checksums, types, and giving up."""

import pytest

from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.digests import DIGEST, checksum, crc32
from tests.e2e.support.people import Person
from tests.e2e.support.pictures import png
from tests.e2e.support.relaying import (
    begin,
    ended,
    expect_file,
    files_named,
    give,
    hand_over,
    handed_over,
    relay,
)
from tests.e2e.support.sending import abort, complete, look, settled
from tests.e2e.support.shapes import FILE, UPLOAD, assert_shape
from tests.e2e.support.waiting import at_once

DATA = b"molten iron, " * 100
OTHER = b"slag"


def test_a_relayed_file_is_a_file_like_any_other(ana: Person) -> None:
    upload = handed_over(ana, DATA, fragment_size=500, file_name="iron.txt")
    answer = complete(ana, upload)
    assert answer.status_code == 202
    assert_shape(answer.json(), UPLOAD, "fragments")
    assert answer.json()["status"] in {"assembling", "ready"}
    ready = settled(ana, upload)
    assert (ready["status"], ready["mode"], ready["failure"]) == ("ready", "relay", None)
    file = expect_file(ana, ready, DATA)
    assert_shape(file, FILE, "image")
    assert (file["file_name"], file["owner_id"]) == ("iron.txt", ana.user["id"])
    assert file["checksums"]["crc32"] == crc32(DATA)


def test_holes_are_named_and_nothing_changes(ana: Person) -> None:
    upload = begin(ana, 10, fragment_size=1)
    hand_over(ana, upload, b"0123456789", [2, 3, 7])
    refused = expect_problem(complete(ana, upload), 409, "fragment_missing")
    assert refused["missing"] == [[1, 1], [4, 6], [8, 10]]
    assert look(ana, upload)["status"] == "receiving"
    hand_over(ana, upload, b"0123456789", [1, 4, 5, 6, 8, 9, 10])
    expect_file(ana, ended(ana, upload), b"0123456789")


def test_an_upload_without_any_fragment_misses_them_all(ana: Person) -> None:
    upload = begin(ana, 32_768, fragment_size=1)
    refused = expect_problem(complete(ana, upload), 409, "fragment_missing")
    assert refused["missing"] == [[1, 32_768]]


def test_repeating_it_is_harmless(ana: Person) -> None:
    upload = handed_over(ana, DATA, file_name="relayed once.bin")
    answers = at_once([lambda: complete(ana, upload)] * 10)
    assert {answer.status_code for answer in answers} <= {200, 202}
    ready = settled(ana, upload)
    repeated = complete(ana, upload)
    assert (repeated.status_code, repeated.json()) == (200, ready)
    assert [file["id"] for file in files_named(ana, "relayed once")] == [ready["file_id"]]


def test_a_ready_upload_has_everything_received(ana: Person) -> None:
    ready = relay(ana, DATA, fragment_size=500)
    assert (ready["received"], ready["missing"]) == ([[1, 3]], [])
    assert ready["received_bytes"] == len(DATA)


def test_an_empty_relayed_file_is_published(ana: Person) -> None:
    upload = begin(ana, 0)
    assert (upload["received"], upload["missing"], upload["fragment_count"]) == ([], [], 0)
    file = expect_file(ana, ended(ana, upload), b"")
    assert file["size"] == 0


@pytest.mark.parametrize("algorithm", DIGEST)
def test_an_empty_file_is_verified_too(ana: Person, algorithm: str) -> None:
    assert relay(ana, b"", checksum=checksum(algorithm, b""))["status"] == "ready"
    assert relay(ana, b"", checksum=checksum(algorithm, b"x"))["status"] == "failed"


@pytest.mark.parametrize("algorithm", DIGEST)
def test_the_declared_checksum_is_verified_and_kept(ana: Person, algorithm: str) -> None:
    upload = relay(ana, DATA, fragment_size=77, checksum=checksum(algorithm, DATA))
    file = expect_file(ana, upload, DATA)
    assert file["checksums"][algorithm] == DIGEST[algorithm](DATA)
    right = {name: digest(DATA) for name, digest in DIGEST.items()}
    assert file["checksums"].items() <= right.items()


@pytest.mark.parametrize("algorithm", DIGEST)
def test_a_file_that_does_not_match_is_never_published(ana: Person, algorithm: str) -> None:
    name = f"wrongly relayed {algorithm}.bin"
    declared = checksum(algorithm, OTHER)
    upload = relay(ana, DATA, fragment_size=500, file_name=name, checksum=declared)
    assert (upload["status"], upload["file_id"]) == ("failed", None)
    assert "checksum" in upload["failure"]["code"]
    assert upload["failure"]["detail"]
    assert files_named(ana, name) == []


def test_one_wrong_fragment_fails_the_file(ana: Person) -> None:
    upload = begin(ana, 4, fragment_size=1, checksum=checksum("crc32", b"abcd"))
    hand_over(ana, upload, b"abxd")
    assert ended(ana, upload)["status"] == "failed"


def test_right_fragments_in_the_wrong_places_fail_the_file(ana: Person) -> None:
    upload = begin(ana, 4, fragment_size=2, checksum=checksum("crc64nvme", b"abcd"))
    hand_over(ana, upload, b"cdab")
    assert ended(ana, upload)["status"] == "failed"


def test_a_failed_upload_stays_failed(ana: Person) -> None:
    upload = relay(ana, DATA, checksum=checksum("sha256", OTHER))
    expect_problem(complete(ana, upload), 409, "upload_failed")
    assert abort(ana, upload).status_code in {204, 409}
    assert look(ana, upload)["file_id"] is None


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
def test_a_checksum_may_come_at_the_end(ana: Person, algorithm: str) -> None:
    upload = handed_over(ana, DATA, fragment_size=500)
    file = expect_file(ana, ended(ana, upload, checksum(algorithm, DATA)), DATA)
    assert file["checksums"][algorithm] == DIGEST[algorithm](DATA)


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
def test_a_wrong_checksum_at_the_end_fails_the_file(ana: Person, algorithm: str) -> None:
    upload = handed_over(ana, DATA, fragment_size=500)
    assert ended(ana, upload, checksum(algorithm, OTHER))["status"] == "failed"


@pytest.mark.parametrize("algorithm", ["crc64nvme", "sha256"])
def test_a_crc64nvme_upload_takes_that_or_sha256_at_the_end(ana: Person, algorithm: str) -> None:
    upload = handed_over(ana, DATA, fragment_size=500, checksum=checksum("crc64nvme", DATA))
    expect_file(ana, ended(ana, upload, checksum(algorithm, DATA)), DATA)


@pytest.mark.parametrize(
    ("declared", "at_the_end"),
    [(None, "crc64nvme"), ("crc32", "crc64nvme"), ("sha256", "crc64nvme"), ("crc64nvme", "crc32")],
)
def test_the_other_crc_at_the_end_is_refused(
    ana: Person, declared: str | None, at_the_end: str
) -> None:
    given = {} if declared is None else {"checksum": checksum(declared, DATA)}
    upload = handed_over(ana, DATA, **given)
    expect_invalid(complete(ana, upload, checksum(at_the_end, DATA)), "/checksum")
    assert look(ana, upload)["status"] == "receiving"
    expect_file(ana, ended(ana, upload), DATA)


def test_the_type_is_found_in_the_bytes_however_they_were_cut(ana: Person) -> None:
    for size in (1, 7, 1000):
        upload = relay(ana, png(), fragment_size=size, content_type="text/plain")
        file = expect_file(ana, upload, png())
        assert (file["content_type"], file["detected_type"]) == ("text/plain", "image/png")


def test_giving_up_can_be_repeated_and_says_so(ana: Person) -> None:
    upload = handed_over(ana, DATA, fragment_size=500, file_name="relayed, given up.bin")
    assert [abort(ana, upload).status_code for _ in range(3)] == [204] * 3
    seen = look(ana, upload)
    assert_shape(seen, UPLOAD)
    assert (seen["status"], seen["file_id"], seen["failure"]) == ("aborted", None, None)
    expect_problem(complete(ana, upload), 410)
    assert files_named(ana, "relayed, given up") == []


def test_a_ready_relayed_upload_cannot_be_aborted(ana: Person) -> None:
    upload = relay(ana, DATA)
    expect_problem(abort(ana, upload), 409, "upload_ended")
    expect_file(ana, look(ana, upload), DATA)


@pytest.mark.parametrize("completing", [1, 3])
def test_of_completing_and_aborting_at_once_one_wins(ana: Person, completing: int) -> None:
    name = f"relay raced by {completing}.bin"
    upload = handed_over(ana, DATA, file_name=name)
    calls = [lambda: complete(ana, upload)] * completing + [lambda: abort(ana, upload)]
    *completed, aborted = [answer.status_code for answer in at_once(calls)]
    status = settled(ana, upload)["status"]
    assert (aborted, status) in {(409, "ready"), (204, "aborted")}
    assert set(completed) <= ({200, 202} if status == "ready" else {410})
    assert len(files_named(ana, name)) == (status == "ready")


def test_a_stranger_completes_and_aborts_nothing(ana: Person, bob: Person) -> None:
    upload = handed_over(ana, DATA)
    expect_problem(complete(bob, upload), 404)
    expect_problem(abort(bob, upload), 404)
    assert give(ana, upload, 1, DATA).status_code == 204
    assert look(ana, upload)["status"] == "receiving"
