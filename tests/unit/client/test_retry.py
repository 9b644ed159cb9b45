"""When the client tries again, and how long it waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua_client.errors import Unreachable
from fragua_client.retry import Patience, persist, retry_after, transient

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
seconds = st.integers(0, 10**6)


class Server:
    """Answers as planned, one after the other; the last one for ever."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.pauses: list[float] = []

    def __call__(self) -> httpx.Response:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    def persist(self, patience: Patience | None = None) -> httpx.Response:
        return persist(self, patience or Patience(), sleep=self.pauses.append)


def answer(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers)


@given(seconds)
def test_a_number_is_seconds(value: int) -> None:
    assert retry_after(f" {value} ") == value


@given(st.integers(-(10**6), 10**6))
def test_a_date_is_seconds_from_now_and_never_before(offset: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=offset), usegmt=True)
    assert retry_after(date, NOW) == max(0, offset)


@given(st.text())
def test_whatever_a_server_says_is_read_without_an_error(text: str) -> None:
    asked = retry_after(text, NOW)
    assert asked is None or asked >= 0


@pytest.mark.parametrize("text", [None, "", "soon", "-1", "1.5", "²"])
def test_nonsense_asks_for_nothing(text: str | None) -> None:
    assert retry_after(text) is None


@given(st.integers(1, 10**4), seconds, st.floats(0, 1))
def test_a_pause_is_never_shorter_than_asked_and_bounded_else(
    failures: int, asked: int, chance: float
) -> None:
    patience = Patience()
    pause = patience.pause(failures, asked, lambda: chance)
    assert asked <= pause <= max(asked, patience.longest)


@given(st.integers(1, 20))
def test_pauses_double_up_to_a_limit_and_half_of_each_is_chance(failures: int) -> None:
    patience = Patience(first=1, longest=64)
    shortest = patience.pause(failures, chance=lambda: 0.0)
    longest = patience.pause(failures, chance=lambda: 1.0)
    assert longest == min(64, 2 ** (failures - 1))
    assert shortest == longest / 2


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert transient(answer(status))


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 409, 410, 422])
def test_what_will_not_pass_is_not(status: int) -> None:
    assert not transient(answer(status))


def test_a_conflict_that_says_when_to_come_back_is_tried_again() -> None:
    assert transient(answer(409, **{"retry-after": "1"}))


def test_trouble_is_outlasted() -> None:
    server = Server(httpx.ConnectError("no"), answer(503), answer(200))
    assert server.persist().status_code == 200
    assert len(server.pauses) == 2


def test_the_last_answer_is_given_when_patience_ends() -> None:
    server = Server(answer(503))
    assert server.persist(Patience(attempts=3)).status_code == 503
    assert server.asked == 3


def test_without_any_answer_it_says_so() -> None:
    server = Server(httpx.ConnectError("Connection refused"))
    with pytest.raises(Unreachable, match="after 2 tries: Connection refused"):
        server.persist(Patience(attempts=2))


def test_a_server_that_asks_for_an_hour_is_not_waited_for() -> None:
    server = Server(answer(429, **{"retry-after": "3600"}))
    assert server.persist().status_code == 429
    assert server.pauses == []


def test_what_it_asks_is_waited_for() -> None:
    server = Server(answer(503, **{"retry-after": "7"}), answer(200))
    server.persist()
    assert server.pauses == [7]
