"""Something else that happens between two steps of a function, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import sqlalchemy as sa

from fragua import aws
from fragua.database import engine


class Interruptions:
    """Counts steps as `Deaths` does: before and after each request and each statement."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: int | None = None
        self._do: Callable[[], Any] | None = None
        for service in ("s3", "dynamodb"):
            events = aws.client(service).meta.events
            events.register("before-call.*.*", self._step)
            events.register("after-call.*.*", self._step)
        sa.event.listen(engine.engine(), "before_cursor_execute", self._step)
        sa.event.listen(engine.engine(), "commit", self._step)

    def _step(self, *_: Any, **__: Any) -> None:
        with self._lock:
            if self._left is None:
                return
            self._left -= 1
            if self._left >= 0:
                return
            # What it does has steps, too, and those are not counted.
            self._left = None
        if self._do:
            self._do()

    @contextmanager
    def after(self, steps: int, do: Callable[[], Any]) -> Iterator[Callable[[], bool]]:
        """Do something after so many steps of the block; yields whether it came to that."""
        self._left, self._do = steps, do
        try:
            yield lambda: self._left is None
        finally:
            self._left = None
