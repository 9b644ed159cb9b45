"""Requests with an Idempotency-Key: what a client sends again when an answer was lost."""

from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json

UPLOADS = "/v1/uploads"
# Not 1 to 255 printable characters of ASCII.
BAD_KEYS: dict[str, str | bytes] = {
    "empty": "",
    "256 characters": "k" * 256,
    "5,000 characters": "k" * 5000,
    "UTF-8": "clé".encode(),
    "emoji": "\U0001f511".encode(),
    "Latin-1": b"cl\xe9",
    "high bytes": b"\xff\xfe",
}


def new_key() -> str:
    """A key that nobody has used."""
    return uuid4().hex


def keyed(key: str | bytes) -> dict[str, Any]:
    """Arguments for a request with this key."""
    return {"headers": {"idempotency-key": key}}


def post_once(person: Person, key: str | bytes, body: Json, path: str = UPLOADS) -> httpx.Response:
    """Send a body under a key, whatever comes of it."""
    return person.http.post(path, json=body, **keyed(key))


def ids(answer: httpx.Response) -> list[str]:
    """The ids of the uploads that an answer tells of."""
    assert answer.status_code == 201, describe(answer)
    return [upload["id"] for upload in answer.json()["uploads"]]


def listed(person: Person) -> list[str]:
    """The ids of all of a person's uploads, the newest first."""
    answer = person.http.get(UPLOADS, params={"limit": 200})
    return [upload["id"] for upload in answer.json()["items"]]


def expect_in_progress(answer: httpx.Response) -> None:
    """The first request with this key is still running: come back a little later."""
    assert (answer.status_code, answer.json()["code"]) == (409, "in_progress"), describe(answer)
    assert int(answer.headers["retry-after"]) >= 1
