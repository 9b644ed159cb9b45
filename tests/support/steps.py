"""The steps that a function takes outside of its process, counted in this one."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import sqlalchemy as sa

from fragua import aws
from fragua.database import engine

# All clients that functions send by.
CLIENTS = (
    *(("s3", aws.USUAL), ("s3", aws.LONG), ("dynamodb", aws.USUAL)),
    *(("sqs", aws.USUAL), ("sqs", aws.BRIEF)),
)


class Steps:
    """Calls `act` before a step when `left` others were taken, and before each that follows.

    With `once` before that one alone; None counts nothing. Steps are before and after each request
    to AWS, before each statement, and the commit.
    """

    def __init__(self, act: Callable[[], None], *, once: bool = False) -> None:
        self.left: int | None = None
        self._act, self._once = act, once
        self._lock = Lock()
        for service, patience in CLIENTS:
            events = aws.client(service, patience).meta.events
            events.register("before-call.*.*", self._step)
            events.register("after-call.*.*", self._step)
        sa.event.listen(engine.engine(), "before_cursor_execute", self._step)
        sa.event.listen(engine.engine(), "commit", self._step)

    def _step(self, *_: Any, **__: Any) -> None:
        with self._lock:
            if self.left is None:
                return
            self.left -= 1
            due = self.left < 0
            if due and self._once:
                self.left = None
        if due:
            self._act()
