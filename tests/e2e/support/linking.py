"""Temporary links: made by an owner, followed by anybody."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.e2e.support.clients import store
from tests.e2e.support.conventions import describe, expect_problem
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json

HOUR = 3600


def links_of(file: Json) -> str:
    """The path of a file's links."""
    return f"/v1/files/{file['id']}/links"


def ask_for_link(person: Person, file: Json, **fields: Any) -> httpx.Response:
    """Ask for a link of an hour, or as the fields say, whatever comes of it."""
    return person.http.post(links_of(file), json={"expires_in": HOUR} | fields)


def link_to(person: Person, file: Json, **fields: Any) -> Json:
    """A new link, with its token."""
    answer = ask_for_link(person, file, **fields)
    assert answer.status_code == 201, describe(answer)
    link: Json = answer.json()
    return link


def listed(person: Person, file: Json) -> list[Json]:
    """A file's links as its owner sees them."""
    answer = person.http.get(links_of(file), params={"limit": 200})
    assert answer.status_code == 200, describe(answer)
    items: list[Json] = answer.json()["items"]
    return items


def downloads(person: Person, file: Json, link: Json) -> int:
    """How many redirects the link has handed out."""
    counts = {item["id"]: item["downloads"] for item in listed(person, file)}
    return int(counts[link["id"]])


def revoke(person: Person, link_id: str) -> httpx.Response:
    """Revoke a link by its id or its token, whatever comes of it."""
    return person.http.delete(f"/v1/links/{link_id}")


def follow(anybody: httpx.Client, link: Json, **headers: str) -> httpx.Response:
    """Open a link as far as its redirect, whatever comes of it."""
    return anybody.get(f"/l/{link['token']}", headers=headers)


def fetch(anybody: httpx.Client, link: Json) -> httpx.Response:
    """Open a link and follow it to the bytes."""
    answer = follow(anybody, link)
    assert answer.status_code == 302, describe(answer)
    return store().get(answer.headers["location"])


def expect_ended(answer: httpx.Response) -> None:
    """The link was one, and is none any more."""
    expect_problem(answer, 410, "link_ended")


def presigned_seconds(answer: httpx.Response) -> int:
    """How long the URL of a redirect lives, as its signature says."""
    return int(parse_qs(urlsplit(answer.headers["location"]).query)["X-Amz-Expires"][0])
