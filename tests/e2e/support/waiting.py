"""Waits that end: by a condition that came true, or by a deadline that says what was last seen."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

T = TypeVar("T")


def eventually(look: Callable[[], T], good: Callable[[T], bool], seconds: float = 30.0) -> T:
    """Look again and again until `good(look())`; give back what was seen then."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    seen = look()
    while not good(seen):
        if time.monotonic() > deadline:
            pytest.fail(f"still not so after {seconds} s; last seen: {seen!r}")
        pause.wait(0.05)
        seen = look()
    return seen


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Run the calls in a thread each, let go at the same moment; answers in the calls' order."""
    gate = threading.Barrier(len(calls), timeout=10)

    def run(call: Callable[[], T]) -> T:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
