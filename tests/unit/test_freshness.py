"""What a caller must see is his alone, and is forgotten with his request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua import freshness
from fragua.accounts import permissions, sessions
from fragua.api import Api
from fragua.database import replicas
from fragua.worker import batch_handler, queue_handler, schedule_handler
from tests.support.events import Context, http_event, queue_event

ADA = UUID(int=1)
Seen = tuple[UUID | None, int, int | None]


@pytest.fixture(autouse=True)
def before() -> None:
    """Let somebody have read and written here before."""
    freshness.begin(ADA, 5)
    freshness.decided(lambda: 9)


def now() -> Seen:
    return freshness.caller(), freshness.position(), freshness.reached()


def test_a_caller_is_known_with_what_he_must_see_and_what_he_wrote() -> None:
    assert now() == (ADA, 5, 9)
    assert freshness.has_decided()


def test_a_request_that_committed_nothing_asks_nothing() -> None:
    freshness.begin(ADA, 5)
    assert (now(), freshness.has_decided()) == ((ADA, 5, None), False)


def test_another_thread_is_nobodys() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(now).result() == (None, 0, None)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("roles", [permissions.ANYONE, permissions.MEMBERS])
def test_a_request_begins_without_the_caller_before_it(roles: permissions.Visitors) -> None:
    door, seen = Api({"GET /v1/things": roles}), list[Seen]()

    @door.get("/v1/things", summary="", tags=[])
    def look() -> dict[str, Any]:
        seen.append(now())
        return {}

    status = door.handler(http_event("GET", "/v1/things"), Context())["statusCode"]
    assert (status, seen) in ((200, [(None, 0, None)]), (401, []))
    assert now() == (None, 0, None)


def test_who_may_come_without_a_token_is_asked_once_and_only_where_it_matters() -> None:
    asked = list[str]()

    def look() -> None:
        asked.append("who are you?")
        freshness.begin(ADA, 5)

    freshness.begin_unasked(look)
    assert (freshness.caller(), freshness.reached(), asked) == (None, None, [])
    assert [freshness.position() for _ in range(2)] == [5, 5]
    assert (freshness.caller(), len(asked)) == (ADA, 1)


def test_whoever_turns_out_to_be_nobody_is_not_asked_again() -> None:
    asked = list[str]()
    freshness.begin_unasked(lambda: asked.append("who are you?"))
    assert [freshness.position() for _ in range(2)] == [0, 0]
    assert len(asked) == 1


@pytest.mark.usefixtures("environment")
def test_a_message_and_a_schedule_begin_without_the_one_before() -> None:
    seen = list[Seen]()

    def do(_messages: object = None) -> None:
        seen.append(now())
        freshness.decided(lambda: 1)

    def sweep() -> dict[str, int]:
        do()
        return {}

    queue_handler(do)(queue_event({}, {}), Context())
    batch_handler(do)(queue_event({}, {}), Context())
    schedule_handler(sweep)({}, Context())
    assert seen == [(None, 0, None)] * 4


def test_what_goes_wrong_with_a_note_is_nothing_to_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    freshness.decided(lambda: 1 // 0)
    sessions.remember()
    assert caplog.messages == ["position not noted"]


PAGE = 8192


@given(st.integers(0, 2**40), st.integers(41, PAGE - 1))
def test_in_a_page_the_log_ends_where_the_next_record_begins(page: int, into: int) -> None:
    assert replicas.end(page * PAGE + into) == page * PAGE + into


# Of a page, and of the first one of a segment ("XLogPageHeaderData", "XLogLongPageHeaderData").
@pytest.mark.parametrize("header", [0, 24, 40])
def test_a_page_with_nothing_but_its_header_is_no_part_of_the_log(header: int) -> None:
    assert replicas.end(7 * PAGE + header) == 7 * PAGE
