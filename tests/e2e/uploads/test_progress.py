"""GET /v1/uploads/{id} while fragments arrive."""

import os

import pytest

from tests.e2e.support.people import Person
from tests.e2e.support.sending import MIB, Json, look, put, reserve, send, send_one
from tests.e2e.support.shapes import UPLOAD, assert_shape

DATA = os.urandom(20 * MIB + 5)


@pytest.fixture(scope="module")
def halfway(ana: Person) -> Json:
    """Five fragments, of which the first, the third and the short last one were sent."""
    upload = reserve(ana, len(DATA), fragment_size=5 * MIB)
    send([upload["fragments"][index] for index in (0, 2, 4)], DATA)
    return look(ana, upload)


def test_ranges_tell_what_is_there_and_what_is_not(halfway: Json) -> None:
    assert_shape(halfway, UPLOAD)
    assert halfway["received"] == [[1, 1], [3, 3], [5, 5]]
    assert halfway["missing"] == [[2, 2], [4, 4]]
    assert halfway["received_bytes"] == 10 * MIB + 5
    assert halfway["status"] == "receiving"


def test_a_fragment_is_seen_as_soon_as_it_is_there(ana: Person) -> None:
    upload = reserve(ana, 5 * MIB + 1, fragment_size=5 * MIB)
    send_one(upload["fragments"][1], DATA)
    assert look(ana, upload)["received"] == [[2, 2]]
    send_one(upload["fragments"][0], DATA)
    seen = look(ana, upload)
    assert (seen["received"], seen["missing"]) == ([[1, 2]], [])
    assert seen["received_bytes"] == 5 * MIB + 1


def test_a_fragment_sent_twice_counts_once(ana: Person) -> None:
    upload = reserve(ana, 3)
    for data in (b"abc", b"abc", b"xyz"):
        assert put(upload["fragments"][0], data).status_code == 200
    assert look(ana, upload)["received_bytes"] == 3
