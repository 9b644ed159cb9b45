"""Files that a scanner found malware in, as their owners and the visitors of links see them."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from tests.e2e.support.clients import store
from tests.e2e.support.conventions import expect_problem
from tests.e2e.support.linking import (
    ask_for_link,
    downloads,
    expect_ended,
    fetch,
    follow,
    link_to,
)
from tests.e2e.support.people import Person
from tests.e2e.support.scanning import Scanner, becomes
from tests.e2e.support.sending import Json, download, publish
from tests.e2e.support.stack import LocalStack


@pytest.fixture(scope="module")
def scanner(stack: LocalStack | None, base_url: str) -> Scanner:
    """A scanner of the stack under test."""
    if stack is None:
        pytest.skip("only who started a stack may send to its queues")
    return Scanner(stack.banner["AWS emulator"])


def test_a_quarantined_file_is_shown_and_its_bytes_are_kept_until_it_is_released(
    sharer: Person, own: Json, anonymous: httpx.Client, scanner: Scanner
) -> None:
    link = link_to(sharer, own)
    assert fetch(anonymous, link).status_code == 200
    place = scanner.finds(sharer, own)
    assert becomes(sharer, own, "quarantined") == own | {"status": "quarantined"}
    for query in ({}, {"redirect": "false"}, {"inline": "true"}):
        answer = sharer.http.get(f"/v1/files/{own['id']}/download", params=query)
        expect_problem(answer, 403, "file_quarantined")
    expect_problem(ask_for_link(sharer, own), 403, "file_quarantined")
    for answer in (follow(anonymous, link), anonymous.head(f"/l/{link['token']}")):
        assert answer.status_code == 410
    expect_ended(follow(anonymous, link))
    assert downloads(sharer, own, link) == 1
    submitted = sharer.http.post("/v1/videos", json={"file_id": own["id"], "title": "T"})
    expect_problem(submitted, 403, "file_quarantined")
    scanner.says("NO_THREATS_FOUND", place)
    assert becomes(sharer, own, "ready") == own
    assert download(sharer, own["id"]).status_code == 200
    assert fetch(anonymous, link).status_code == 200
    # The finding that comes once more, and late, is an old one; the one behind it is not.
    other = publish(sharer, b"another virus")
    scanner.says("THREATS_FOUND", place)
    scanner.finds(sharer, other)
    assert becomes(sharer, own, "ready") == own


def test_a_quarantined_file_can_be_renamed_and_deleted(
    sharer: Person, own: Json, scanner: Scanner
) -> None:
    scanner.finds(sharer, own)
    path = f"/v1/files/{own['id']}"
    renamed = sharer.http.patch(path, json={"file_name": "beware.txt"}).json()
    assert (renamed["file_name"], renamed["status"]) == ("beware.txt", "quarantined")
    assert sharer.http.delete(path).status_code == 204
    assert sharer.http.get(path).status_code == 404


@pytest.fixture
def crowd(anonymous: httpx.Client) -> Iterator[ThreadPoolExecutor]:
    """Ten people at once."""
    with ThreadPoolExecutor(10) as threads:
        yield threads


def test_a_link_that_is_followed_all_the_time_ends_for_everybody_and_counts_each_redirect(
    sharer: Person, own: Json, anonymous: httpx.Client, scanner: Scanner, crowd: ThreadPoolExecutor
) -> None:
    link, over = link_to(sharer, own), Event()

    def visit() -> list[int]:
        seen: list[int] = []
        while not over.is_set():
            seen.append(follow(anonymous, link).status_code)
        return seen

    visits: list[Future[list[int]]] = [crowd.submit(visit) for _ in range(10)]
    try:
        scanner.finds(sharer, own)
        # From now on it is over for everybody, however many there are.
        late = [follow(anonymous, link).status_code for _ in range(10)]
    finally:
        over.set()
    seen = [visit.result() for visit in visits]
    assert late == [410] * 10
    for statuses in seen:
        # Never 302 once it was 410.
        assert statuses == sorted(statuses)
        assert set(statuses) <= {302, 410}
    assert downloads(sharer, own, link) == sum(statuses.count(302) for statuses in seen)


def test_a_url_that_is_out_already_lives_as_long_as_it_says(
    sharer: Person, own: Json, scanner: Scanner
) -> None:
    url = sharer.http.get(f"/v1/files/{own['id']}/download").headers["location"]
    scanner.finds(sharer, own)
    assert store().get(url).status_code == 200
