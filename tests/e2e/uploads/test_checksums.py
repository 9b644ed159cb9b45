"""Checksums of the whole file: what does not match is never published."""

import pytest

from tests.e2e.support.conventions import expect_invalid, expect_problem
from tests.e2e.support.digests import DIGEST, checksum
from tests.e2e.support.people import Person
from tests.e2e.support.sending import (
    MIB,
    abort,
    complete,
    finished,
    forge,
    look,
    sent,
    settled,
)

DATA = b"molten iron, " * 1000
TWO_FRAGMENTS = bytes(5 * MIB) + DATA


@pytest.mark.parametrize("algorithm", DIGEST)
def test_the_declared_checksum_is_verified_and_kept(ana: Person, algorithm: str) -> None:
    file = finished(ana, forge(ana, DATA, checksum=checksum(algorithm, DATA)))
    assert file["checksums"][algorithm] == DIGEST[algorithm](DATA)


@pytest.mark.parametrize("algorithm", DIGEST)
def test_a_file_has_only_right_checksums(ana: Person, algorithm: str) -> None:
    file = finished(ana, forge(ana, DATA, checksum=checksum(algorithm, DATA)))
    right = {name: digest(DATA) for name, digest in DIGEST.items()}
    assert file["checksums"].items() <= right.items()


@pytest.mark.parametrize("algorithm", DIGEST)
def test_a_file_that_does_not_match_is_never_published(ana: Person, algorithm: str) -> None:
    name = f"wrong {algorithm}.bin"
    upload = forge(ana, DATA, file_name=name, checksum=checksum(algorithm, b"other bytes"))
    assert (upload["status"], upload["file_id"]) == ("failed", None)
    assert "checksum" in upload["failure"]["code"]
    assert upload["failure"]["detail"]
    assert ana.http.get("/v1/files", params={"name": name}).json()["items"] == []


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
def test_the_checksum_is_that_of_the_whole_and_not_of_the_fragments(
    ana: Person, algorithm: str
) -> None:
    right = checksum(algorithm, TWO_FRAGMENTS)
    upload = forge(ana, TWO_FRAGMENTS, fragment_size=5 * MIB, checksum=right)
    assert finished(ana, upload)["checksums"][algorithm] == right["value"]


def test_one_wrong_fragment_of_two_fails_the_file(ana: Person) -> None:
    wrong = b"\x01" + TWO_FRAGMENTS[1:]
    declared = checksum("crc32", TWO_FRAGMENTS)
    assert forge(ana, wrong, fragment_size=5 * MIB, checksum=declared)["status"] == "failed"


def test_a_failed_upload_stays_failed(ana: Person) -> None:
    upload = forge(ana, DATA, checksum=checksum("sha256", b"other bytes"))
    expect_problem(complete(ana, upload), 409, "upload_failed")
    assert abort(ana, upload).status_code in {204, 409}
    assert ana.http.get(f"/v1/uploads/{upload['id']}").json()["file_id"] is None


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
def test_a_checksum_may_come_at_the_end(ana: Person, algorithm: str) -> None:
    upload = sent(ana, DATA)
    assert complete(ana, upload, checksum(algorithm, DATA)).status_code == 202
    file = finished(ana, settled(ana, upload))
    assert file["checksums"][algorithm] == DIGEST[algorithm](DATA)


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
def test_a_wrong_checksum_at_the_end_fails_the_file(ana: Person, algorithm: str) -> None:
    upload = sent(ana, DATA)
    assert complete(ana, upload, checksum(algorithm, b"other bytes")).status_code == 202
    assert settled(ana, upload)["status"] == "failed"


def test_a_crc64nvme_upload_takes_that_or_sha256_at_the_end(ana: Person) -> None:
    for algorithm in ("crc64nvme", "sha256"):
        upload = sent(ana, DATA, checksum=checksum("crc64nvme", DATA))
        assert complete(ana, upload, checksum(algorithm, DATA)).status_code == 202
        assert settled(ana, upload)["status"] == "ready"


@pytest.mark.parametrize(
    ("declared", "at_the_end"),
    [(None, "crc64nvme"), ("crc32", "crc64nvme"), ("sha256", "crc64nvme"), ("crc64nvme", "crc32")],
)
def test_the_other_crc_at_the_end_is_refused(
    ana: Person, declared: str | None, at_the_end: str
) -> None:
    given = {} if declared is None else {"checksum": checksum(declared, DATA)}
    upload = sent(ana, DATA, **given)
    refused = complete(ana, upload, checksum(at_the_end, DATA))
    expect_invalid(refused, "/checksum")
    assert look(ana, upload)["status"] == "receiving"


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
@pytest.mark.parametrize("wrong", ["first", "last"])
def test_two_checksums_that_differ_publish_nothing(ana: Person, algorithm: str, wrong: str) -> None:
    good, bad = checksum(algorithm, DATA), checksum(algorithm, b"other bytes")
    first, last = (bad, good) if wrong == "first" else (good, bad)
    upload = sent(ana, DATA, checksum=first)
    if complete(ana, upload, last).status_code == 202:
        assert settled(ana, upload)["status"] == "failed"
    else:
        assert look(ana, upload)["status"] == "receiving"
