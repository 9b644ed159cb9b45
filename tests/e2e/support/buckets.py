"""Buckets of one's own: made, listed, and given up."""

from uuid import uuid4

import httpx

from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.waiting import eventually

BUCKETS = "/v1/buckets"


def new_name() -> str:
    """A name that nobody has used."""
    return f"b-{uuid4().hex[:16]}"


def ask_for(person: Person, name: object) -> httpx.Response:
    """Ask for a bucket of that name, whatever comes of it."""
    return person.http.post(BUCKETS, json={"name": name})


def make(person: Person, name: str | None = None) -> str:
    """A bucket of one's own, by its name."""
    answer = ask_for(person, name or new_name())
    assert answer.status_code == 201, describe(answer)
    made: str = answer.json()["name"]
    return made


def drop(person: Person, name: str) -> httpx.Response:
    """Delete a bucket, whatever comes of it."""
    return person.http.delete(f"{BUCKETS}/{name}")


def drop_when_empty(person: Person, name: str) -> None:
    """Delete a bucket out of which something has just been deleted."""
    eventually(lambda: drop(person, name).status_code, lambda status: status == 204, 10)


def listed(person: Person) -> list[Json]:
    """All that a person's list shows."""
    answer = person.http.get(BUCKETS, params={"limit": 200})
    assert answer.status_code == 200, describe(answer)
    items: list[Json] = answer.json()["items"]
    return items


def names(person: Person) -> set[str]:
    """The names in a person's list; none of them is there twice."""
    found = [bucket["name"] for bucket in listed(person)]
    assert len(set(found)) == len(found), found
    return set(found)
