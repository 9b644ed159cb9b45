"""PUT /v1/uploads/{id}/fragments/{number}: what is taken, and what is refused."""

import os

import httpx
import pytest

from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.digests import checksum, crc32
from tests.e2e.support.people import Person
from tests.e2e.support.relaying import (
    LARGEST,
    OCTETS,
    begin,
    ended,
    expect_file,
    give,
    hand_over,
    place,
    share,
)
from tests.e2e.support.sending import Json, look

DATA = b"0123456789"
NO_NUMBERS = ["x", "1.0", "1e0", "0x1", "true", "null", "%2B1", "%201", "1%20", "1%0A", "1,2"]
NO_NUMBERS += ["%D9%A1", "%EF%BC%91", "%C2%B9", "1_0", "1%00", "9" * 500, "%F0%9F%94%A5", "--1"]
BAD_CRCS = ["AAAA", "AAAAAAA=", "AAAAAA", "00000000", "!!!!!!==", "AAAAAAAAAAA=", "0", "="]
BAD_CRCS += ["AAAAAA== x", "AAAAAA==,AAAAAA==", "AAA_-w=="]


def ten(person: Person) -> Json:
    """An upload of `DATA` in three fragments: 4, 4 and 2 bytes."""
    return begin(person, len(DATA), fragment_size=4)


def expect_nothing(person: Person, upload: Json) -> None:
    """Not a byte of it is there."""
    seen = look(person, upload)
    assert (seen["received"], seen["received_bytes"], seen["status"]) == ([], 0, "receiving")


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 2, 1], [2, 3, 1]], ids=str)
def test_fragments_come_in_any_order(ana: Person, order: list[int]) -> None:
    upload = ten(ana)
    hand_over(ana, upload, DATA, order, threads=1)
    expect_file(ana, ended(ana, upload), DATA)


def test_a_fragment_is_taken_with_an_empty_answer(ana: Person) -> None:
    answer = give(ana, ten(ana), 1, b"0123")
    assert (answer.status_code, answer.content) == (204, b"")


def test_progress_tells_each_fragment_as_soon_as_it_is_there(ana: Person) -> None:
    upload = begin(ana, 19, fragment_size=4)
    steps = [
        (3, [[3, 3]], [[1, 2], [4, 5]], 4),
        (5, [[3, 3], [5, 5]], [[1, 2], [4, 4]], 7),
        (1, [[1, 1], [3, 3], [5, 5]], [[2, 2], [4, 4]], 11),
        (2, [[1, 3], [5, 5]], [[4, 4]], 15),
        (2, [[1, 3], [5, 5]], [[4, 4]], 15),
        (4, [[1, 5]], [], 19),
    ]
    for number, received, missing, count in steps:
        hand_over(ana, upload, b"the smith's hammer.", [number])
        seen = look(ana, upload)
        assert (seen["received"], seen["missing"]) == (received, missing)
        assert (seen["received_bytes"], seen["status"]) == (count, "receiving")


def test_the_same_bytes_again_are_fine(ana: Person) -> None:
    upload = ten(ana)
    for _ in range(3):
        assert give(ana, upload, 1, b"0123").status_code == 204
    assert look(ana, upload)["received_bytes"] == 4


def test_other_bytes_are_a_conflict_and_the_first_stay(ana: Person) -> None:
    upload = ten(ana)
    assert give(ana, upload, 1, b"0123").status_code == 204
    expect_problem(give(ana, upload, 1, b"3210"), 409, "fragment_conflict")
    expect_problem(give(ana, upload, 1, b"3210", crc32(b"3210")), 409, "fragment_conflict")
    assert give(ana, upload, 1, b"0123").status_code == 204
    hand_over(ana, upload, DATA, [2, 3])
    expect_file(ana, ended(ana, upload), DATA)


def test_other_bytes_with_the_same_crc_are_a_conflict(ana: Person) -> None:
    # The CRC-32 of both is 0x4ddb0c25: only a stronger digest, or the bytes, tell them apart.
    upload = begin(ana, 8)
    assert give(ana, upload, 1, b"plumless").status_code == 204
    expect_problem(give(ana, upload, 1, b"buckeroo"), 409, "fragment_conflict")
    expect_file(ana, ended(ana, upload), b"plumless")


@pytest.mark.parametrize(
    ("number", "data"),
    [(1, b""), (1, b"012"), (1, b"01234"), (1, DATA), (3, b"8"), (3, b"890"), (3, b"8901")]
    + [(1, b"0" * LARGEST)],
    ids=lambda value: str(len(value)) if isinstance(value, bytes) else None,
)
def test_a_fragment_of_another_length_is_refused(ana: Person, number: int, data: bytes) -> None:
    upload = ten(ana)
    expect_problem(give(ana, upload, number, data), 422)
    expect_nothing(ana, upload)
    hand_over(ana, upload, DATA)


def test_a_stored_fragment_is_not_hurt_by_another_length(ana: Person) -> None:
    upload = ten(ana)
    hand_over(ana, upload, DATA)
    for data in (b"", b"012", b"01234"):
        expect_problem(give(ana, upload, 1, data), 422)
    expect_file(ana, ended(ana, upload), DATA)


def test_a_right_crc_is_taken(ana: Person) -> None:
    upload = ten(ana)
    for number in (1, 2, 3):
        data = share(upload, number, DATA)
        assert give(ana, upload, number, data, crc32(data)).status_code == 204
    expect_file(ana, ended(ana, upload), DATA)


@pytest.mark.parametrize("other", [b"0124", b"", DATA], ids=repr)
def test_a_wrong_crc_is_refused_and_nothing_is_stored(ana: Person, other: bytes) -> None:
    upload = ten(ana)
    expect_problem(give(ana, upload, 1, b"0123", crc32(other)), 422)
    expect_nothing(ana, upload)
    assert give(ana, upload, 1, b"0123", crc32(b"0123")).status_code == 204


@pytest.mark.parametrize("crc", [*BAD_CRCS, b"\xc3\xa9AAAAA==", b"\xff"], ids=ascii)
def test_a_crc_that_is_none_is_refused(ana: Person, crc: str | bytes) -> None:
    upload = ten(ana)
    expect_problem(give(ana, upload, 1, b"0123", crc), 422)
    expect_nothing(ana, upload)


def test_a_crc_of_a_fragment_is_good_on_a_crc64nvme_upload(ana: Person) -> None:
    upload = begin(ana, 3, checksum=checksum("crc64nvme", b"abc"))
    expect_problem(give(ana, upload, 1, b"abc", crc32(b"abd")), 422)
    assert give(ana, upload, 1, b"abc", crc32(b"abc")).status_code == 204
    expect_file(ana, ended(ana, upload), b"abc")


def test_the_largest_fragment_is_taken(ana: Person) -> None:
    data = os.urandom(LARGEST)
    upload = begin(ana, LARGEST)
    assert give(ana, upload, 1, data, crc32(data)).status_code == 204
    expect_file(ana, ended(ana, upload), data)


def test_a_byte_more_than_the_largest_is_too_large(ana: Person) -> None:
    upload = begin(ana, LARGEST + 1)
    expect_problem(give(ana, upload, 1, bytes(LARGEST + 1)), 413)
    expect_nothing(ana, upload)


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/json", "application/offset+octet-stream", "application/*", "x"]
    + ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "*/*"]
    + ["application/octet-streams", "text/plain, application/octet-stream"],
)
def test_another_media_type_is_refused(ana: Person, kind: str) -> None:
    upload = ten(ana)
    answer = ana.http.put(place(upload, 1), content=b"0123", headers={"content-type": kind})
    expect_problem(answer, 415)
    expect_nothing(ana, upload)


def test_bytes_without_a_media_type_are_refused(ana: Person) -> None:
    upload = ten(ana)
    expect_problem(ana.http.put(place(upload, 1), content=b"0123"), 415)
    expect_nothing(ana, upload)


@pytest.mark.parametrize("kind", ["Application/Octet-Stream", "application/octet-stream; x=y"])
def test_a_media_type_may_be_written_in_other_ways(ana: Person, kind: str) -> None:
    headers = {"content-type": kind}
    answer = ana.http.put(place(ten(ana), 1), content=b"0123", headers=headers)
    assert answer.status_code == 204


@pytest.mark.parametrize("number", [0, -1, 13, 14, 32_769, 2**31, 2**63, 2**64, 10**30])
def test_a_number_out_of_range_is_absent(ana: Person, number: int) -> None:
    upload = begin(ana, 12, fragment_size=1)
    expect_problem(give(ana, upload, number, b"x"), 404)
    expect_nothing(ana, upload)


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_what_is_no_number_is_absent(ana: Person, number: str) -> None:
    upload = begin(ana, 12, fragment_size=1)
    expect_problem(give(ana, upload, number, b"x"), 404)
    expect_nothing(ana, upload)


def test_an_empty_file_has_no_fragment_to_send(ana: Person) -> None:
    expect_problem(give(ana, begin(ana, 0), 1, b""), 404)


def test_bytes_that_look_like_text_arrive_as_they_are(ana: Person) -> None:
    for data in (b'{"json": true}', b"\xef\xbb\xbf\r\n\x00", b"YWJj", b"\xff\xfe", b"%00+&="):
        upload = begin(ana, len(data))
        hand_over(ana, upload, data)
        expect_file(ana, ended(ana, upload), data)


def test_a_body_without_a_length_arrives_like_any_other(ana: Person) -> None:
    upload = begin(ana, 6)
    pieces = iter([b"ab", b"c", b"def"])
    answer = ana.http.put(place(upload, 1), content=pieces, headers=OCTETS)
    assert answer.status_code == 204
    expect_file(ana, ended(ana, upload), b"abcdef")


def test_nobody_sends_without_a_token(ana: Person, anonymous: httpx.Client) -> None:
    upload = ten(ana)
    expect_problem(anonymous.put(place(upload, 1), content=b"0123", headers=OCTETS), 401)
    forged = OCTETS | {"authorization": "Bearer x.y.z"}
    expect_problem(anonymous.put(place(upload, 1), content=b"0123", headers=forged), 401)
    expect_nothing(ana, upload)
