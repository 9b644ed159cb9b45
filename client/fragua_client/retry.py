"""When to try again, and after what pause: backoff with jitter, and Retry-After (RFC 9110)."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from fragua_client.errors import Unreachable

log = logging.getLogger(__name__)

_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


def transient(answer: httpx.Response) -> bool:
    """Tell whether the same request may fare better later."""
    if answer.status_code in _TRANSIENT:
        return True
    # The first request with this Idempotency-Key is still being worked on.
    return answer.status_code == 409 and "retry-after" in answer.headers


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After asks to wait, never below 0; None when it says nothing."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


@dataclass(frozen=True)
class Patience:
    """How often to try in all, and how long to pause at most (seconds).

    A server that asks for more than `ceiling` seconds is not waited for.
    """

    attempts: int = 8
    first: float = 0.5
    longest: float = 20.0
    ceiling: float = 300.0

    def pause(
        self, failures: int, asked: float | None = None, chance: Callable[[], float] = random.random
    ) -> float:
        """Seconds until the next try: doubling, half of it by chance, never less than asked."""
        step = min(self.longest, self.first * 2.0 ** min(failures - 1, 30))
        return max(asked or 0.0, step * (0.5 + chance() / 2))


def persist(
    attempt: Callable[[], httpx.Response],
    patience: Patience,
    again: Callable[[httpx.Response], bool] = transient,
    sleep: Callable[[float], object] = time.sleep,
) -> httpx.Response:
    """The first answer that no other try would improve, or the last one; `Unreachable` without."""
    failures = 0
    while True:
        failures += 1
        answer, trouble = _tried(attempt)
        if answer is not None and not again(answer):
            return answer
        asked = retry_after(answer.headers.get("retry-after")) if answer is not None else None
        pause = patience.pause(failures, asked)
        if failures >= patience.attempts or pause > patience.ceiling:
            return _last(answer, failures, trouble)
        log.info("%s; trying again in %.1f s", trouble, pause)
        sleep(pause)


def _last(answer: httpx.Response | None, failures: int, trouble: str) -> httpx.Response:
    if answer is None:
        raise Unreachable(f"No answer after {failures} tries: {trouble}")
    return answer


def _tried(attempt: Callable[[], httpx.Response]) -> tuple[httpx.Response | None, str]:
    try:
        answer = attempt()
    except httpx.TransportError as error:
        return None, str(error) or type(error).__name__
    return answer, f"the server answered {answer.status_code}"
