"""What a presigned URL lets its holder do: send exactly one fragment, and nothing else."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest

from tests.e2e.support.clients import store
from tests.e2e.support.people import Person
from tests.e2e.support.sending import (
    Json,
    abort,
    complete,
    download,
    look,
    put,
    reserve,
    sent,
    settled,
)

Change = Callable[[dict[str, str]], dict[str, str]]


def with_query(url: str, change: Change) -> str:
    """The URL with some of its query changed, and its signature therefore wrong."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query, True).items()}
    return urlunsplit(parts._replace(query=urlencode(change(query))))


def fields(url: str) -> dict[str, str]:
    """The query's parameters, their names in lower case."""
    found = parse_qs(urlsplit(url).query, True)
    return {name.lower(): values[0] for name, values in found.items()}


@pytest.fixture
def upload(ana: Person) -> Json:
    """An upload of one fragment of ten bytes."""
    return reserve(ana, 10)


def expect_refused(person: Person, upload: Json, status: int) -> None:
    """The store refused, and nothing was received."""
    assert 400 <= status < 500
    assert look(person, upload)["received"] == []


def test_the_url_is_signed_by_sigv4_for_an_hour_at_most(upload: Json) -> None:
    signed = fields(upload["fragments"][0]["url"])
    assert signed["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert int(signed["x-amz-expires"]) <= 3600


def test_the_url_signs_the_length(upload: Json) -> None:
    signed = fields(upload["fragments"][0]["url"])["x-amz-signedheaders"].split(";")
    assert {"content-length", "host"} <= set(signed)


def test_the_url_takes_the_bytes_without_a_token(ana: Person, upload: Json) -> None:
    assert put(upload["fragments"][0], b"0123456789").status_code == 200
    assert look(ana, upload)["received"] == [[1, 1]]


@pytest.mark.parametrize("length", [0, 9, 11, 1000])
def test_another_length_is_refused(ana: Person, upload: Json, length: int) -> None:
    fragment = upload["fragments"][0]
    answer = put(fragment, b"x" * length, **{"content-length": str(length)})
    expect_refused(ana, upload, answer.status_code)


@pytest.mark.parametrize(
    "change",
    [
        lambda query: query | {"X-Amz-Signature": "0" * 64},
        lambda query: query | {"partNumber": "2"},
        lambda query: query | {"X-Amz-Expires": "604800"},
        lambda query: query | {"X-Amz-SignedHeaders": "host"},
        lambda query: {name: value for name, value in query.items() if "Signature" not in name},
        lambda query: {name: value for name, value in query.items() if "Amz" not in name},
    ],
    ids=["signature", "number", "expiry", "signed headers", "no signature", "nothing signed"],
)
def test_a_tampered_url_is_refused(ana: Person, upload: Json, change: Change) -> None:
    fragment = upload["fragments"][0]
    changed = fragment | {"url": with_query(fragment["url"], change)}
    expect_refused(ana, upload, put(changed, b"0123456789").status_code)


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_the_url_is_good_for_put_alone(ana: Person, upload: Json, method: str) -> None:
    answer = store().request(method, upload["fragments"][0]["url"])
    assert 400 <= answer.status_code < 500
    assert look(ana, upload)["status"] == "receiving"
    assert put(upload["fragments"][0], b"0123456789").status_code == 200


def test_the_store_lists_nothing_for_a_stranger(upload: Json) -> None:
    parts = urlsplit(upload["fragments"][0]["url"])
    for query in ("", "uploads", "list-type=2"):
        bare = urlunsplit(parts._replace(query=query))
        assert 400 <= store().get(bare).status_code < 500


def test_an_aborted_upload_takes_no_bytes(ana: Person, upload: Json) -> None:
    abort(ana, upload)
    assert put(upload["fragments"][0], b"0123456789").status_code >= 400
    assert look(ana, upload)["status"] == "aborted"


def test_a_finished_file_is_never_overwritten(ana: Person) -> None:
    upload = sent(ana, b"0123456789")
    complete(ana, upload)
    file_id = settled(ana, upload)["file_id"]
    assert put(upload["fragments"][0], b"9876543210").status_code >= 400
    assert download(ana, file_id).content == b"0123456789"
