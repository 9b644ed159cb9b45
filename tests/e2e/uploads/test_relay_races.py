"""Several senders of one relayed upload at the same moment, and lines that break."""

import random
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.pictures import png
from tests.e2e.support.relaying import (
    LARGEST,
    begin,
    ended,
    expect_file,
    files_named,
    give,
    handed_over,
    place,
    share,
)
from tests.e2e.support.sending import abort, complete, look, settled
from tests.e2e.support.waiting import at_once

ROUNDS = 6


def statuses(answers: list[httpx.Response]) -> list[int]:
    """The statuses of answers, in rising order."""
    return sorted(answer.status_code for answer in answers)


def test_two_senders_of_equal_bytes_are_both_right(ana: Person) -> None:
    upload = begin(ana, ROUNDS, fragment_size=1)
    for number in range(1, ROUNDS + 1):
        answers = at_once([partial(give, ana, upload, number, b"x")] * 2)
        assert statuses(answers) == [204, 204]
    assert look(ana, upload)["received_bytes"] == ROUNDS
    expect_file(ana, ended(ana, upload), b"x" * ROUNDS)


@pytest.mark.parametrize("senders", [2, 6])
def test_of_senders_of_different_bytes_one_wins_and_its_bytes_stay(
    ana: Person, senders: int
) -> None:
    upload = begin(ana, ROUNDS * 100, fragment_size=100)
    winners = []
    for number in range(1, ROUNDS + 1):
        rivals = [bytes([number, sender]) * 50 for sender in range(senders)]
        answers = at_once([partial(give, ana, upload, number, data) for data in rivals])
        assert statuses(answers) == [204] + [409] * (senders - 1)
        winners += [data for data, got in zip(rivals, answers, strict=True) if got.is_success]
        lost = {got.json()["code"] for got in answers if not got.is_success}
        assert lost == {"fragment_conflict"}
    expect_file(ana, ended(ana, upload), b"".join(winners))


def test_sixteen_senders_of_shuffled_fragments_sent_twice_make_the_file(ana: Person) -> None:
    chance = random.Random(20)  # noqa: S311 - an order to send in, not a secret
    data = png() + b"text, " * 5000 + bytes(20_000) + chance.randbytes(50_001)
    upload = begin(ana, len(data), fragment_size=1999)
    numbers = [*range(1, upload["fragment_count"] + 1)] * 2
    chance.shuffle(numbers)
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda n: give(ana, upload, n, share(upload, n, data)), numbers))
    assert set(statuses(answers)) == {204}
    seen = look(ana, upload)
    assert (seen["missing"], seen["received_bytes"]) == ([], len(data))
    assert expect_file(ana, ended(ana, upload), data)["detected_type"] == "image/png"


def test_the_last_fragment_and_an_early_complete_do_each_other_no_harm(ana: Person) -> None:
    for _ in range(ROUNDS):
        upload = begin(ana, 2, fragment_size=1)
        give(ana, upload, 1, b"a")
        completing = [partial(complete, ana, upload)] * 3
        last, *completed = at_once([partial(give, ana, upload, 2, b"b"), *completing])
        # No complete can have ended the upload before its last fragment was there.
        assert last.status_code == 204, describe(last)
        for answer in completed:
            assert answer.status_code in {200, 202, 409}, describe(answer)
            if answer.status_code == 409:
                assert expect_problem(answer, 409, "fragment_missing")["missing"] == [[2, 2]]
        assert complete(ana, upload).status_code in {200, 202}
        expect_file(ana, settled(ana, upload), b"ab")


def test_a_fragment_sent_again_while_completing_changes_nothing(ana: Person) -> None:
    for _ in range(ROUNDS // 2):
        upload = handed_over(ana, b"abcd", fragment_size=2)
        sending = [partial(give, ana, upload, 1, data) for data in (b"ab", b"xx", b"ab")]
        completed, *sent = at_once([partial(complete, ana, upload), *sending])
        assert completed.status_code == 202
        assert set(statuses(sent)) <= {204, 409}
        assert sent[1].status_code == 409
        expect_file(ana, settled(ana, upload), b"abcd")


def test_fragments_and_an_abort_at_once_leave_an_aborted_upload(newcomer: Person) -> None:
    for number in range(ROUNDS // 2):
        upload = begin(newcomer, 4, fragment_size=1, file_name=f"race {number}.bin")
        sending = [partial(give, newcomer, upload, n, b"x") for n in range(1, 5)]
        aborted, *sent = at_once([partial(abort, newcomer, upload), *sending])
        assert aborted.status_code == 204
        assert set(statuses(sent)) <= {204, 410}
        assert look(newcomer, upload)["status"] == "aborted"
    assert files_named(newcomer, "race") == []


def cut(person: Person, path: str, framing: str, body: bytes) -> bytes:
    """Begin a request, send this much of its body, and hang up; gives what was answered."""
    url = person.http.base_url
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: {url.host}\r\nContent-Type: application/octet-stream\r\n"
        f"Authorization: Bearer {person.tokens['access_token']}\r\n{framing}\r\n\r\n"
    )
    with socket.create_connection((url.host, url.port or 80), timeout=10) as line:
        line.sendall(head.encode() + body)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(4096), b""))


@pytest.mark.parametrize("size", [1000, LARGEST])
def test_a_body_cut_in_the_middle_stores_nothing(ana: Person, size: int) -> None:
    upload = begin(ana, size)
    half, whole = b"\x01" * (size // 2), b"\x02" * size
    said = cut(ana, place(upload, 1), f"Content-Length: {size}", half)
    assert b" 20" not in said[:16]
    assert look(ana, upload)["missing"] == [[1, 1]]
    assert give(ana, upload, 1, whole).status_code == 204
    expect_file(ana, ended(ana, upload), whole)


def test_a_body_in_chunks_that_never_ends_stores_nothing(ana: Person) -> None:
    upload = begin(ana, 5)
    # Five bytes came, which is the right length; but the chunk that ends the body did not.
    said = cut(ana, place(upload, 1), "Transfer-Encoding: chunked", b"5\r\nhello\r\n")
    assert b" 20" not in said[:16]
    assert look(ana, upload)["missing"] == [[1, 1]]
    assert give(ana, upload, 1, b"jello").status_code == 204


def test_a_connection_that_hangs_up_before_its_body_stores_nothing(ana: Person) -> None:
    upload = begin(ana, 5)
    said = cut(ana, place(upload, 1), "Content-Length: 5", b"")
    assert b" 20" not in said[:16]
    assert look(ana, upload)["missing"] == [[1, 1]]
