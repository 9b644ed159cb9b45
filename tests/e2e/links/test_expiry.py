"""Links that grow old, on the stack where time runs faster."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.support.clients import client
from tests.e2e.support.hurry import Ageing, Refreshing
from tests.e2e.support.linking import expect_ended, follow, link_to, listed, revoke
from tests.e2e.support.people import Person, log_in
from tests.e2e.support.plans import basic_with
from tests.e2e.support.relaying import relay
from tests.e2e.support.sending import Json
from tests.e2e.support.stack import SUPERADMIN_EMAIL, SUPERADMIN_PASSWORD
from tests.e2e.support.waiting import eventually

WEEK = 604_800
PATIENCE = 75


@pytest.fixture(scope="module")
def old_hand(ageing: Ageing) -> Iterator[Person]:
    """The ageing person, who may share files by links."""
    someone = log_in(ageing.base_url, SUPERADMIN_EMAIL, SUPERADMIN_PASSWORD)
    credentials = {"email": someone.email, "password": someone.password}
    http = client(ageing.base_url)
    http.auth = Refreshing(ageing.base_url, credentials, someone.tokens)
    superadmin = Person(http, someone.email, someone.password, someone.user, someone.tokens)
    with basic_with(superadmin, temporary_links=True):
        yield ageing.person


@pytest.fixture(scope="module")
def visitor(ageing: Ageing) -> httpx.Client:
    """Somebody without a token, on the faster stack."""
    return client(ageing.base_url)


@pytest.fixture(scope="module")
def file(old_hand: Person) -> Json:
    """A file that links lead to: as much of it as a link needs."""
    # Empty, and relayed: a presigned URL dies here in a second.
    upload = relay(old_hand, b"")
    assert upload["status"] == "ready", upload
    return {"id": upload["file_id"]}


def test_a_link_ends_when_its_time_has_come(
    old_hand: Person, file: Json, visitor: httpx.Client
) -> None:
    short, long = (link_to(old_hand, file, expires_in=life) for life in (60, WEEK))
    ended = eventually(
        lambda: follow(visitor, short), lambda answer: answer.status_code == 410, PATIENCE
    )
    expect_ended(ended)
    assert short["expires_at"] < long["expires_at"]
    assert follow(visitor, long).status_code == 302


def test_an_expired_link_hands_out_nothing_more(
    old_hand: Person, file: Json, visitor: httpx.Client
) -> None:
    link = link_to(old_hand, file, expires_in=60, max_downloads=1000)
    eventually(lambda: follow(visitor, link).status_code, lambda got: got == 410, PATIENCE)
    counted = {item["id"]: item["downloads"] for item in listed(old_hand, file)}
    for _ in range(3):
        expect_ended(follow(visitor, link))
    again = {item["id"]: item["downloads"] for item in listed(old_hand, file)}
    assert again.get(link["id"]) == counted.get(link["id"])
    assert revoke(old_hand, link["id"]).status_code in {204, 404}
    expect_ended(follow(visitor, link))
