"""Sudden death of a function in this process: at its n-th step nothing it does counts any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import sqlalchemy as sa

from fragua import aws
from fragua.database import engine


class Dead(BaseException):
    """No Exception, so that no cleaning up in the product catches it: the dead do not clean up."""


class Deaths:
    """Counts the steps outside of the process: before and after each request and statement."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: int | None = None
        for service, patient in (("s3", False), ("s3", True), ("dynamodb", False), ("sqs", False)):
            events = aws.client(service, patient=patient).meta.events
            events.register("before-call.*.*", self._step)
            events.register("after-call.*.*", self._step)
        sa.event.listen(engine.engine(), "before_cursor_execute", self._step)
        sa.event.listen(engine.engine(), "commit", self._step)

    def _step(self, *_: Any, **__: Any) -> None:
        with self._lock:
            if self._left is None:
                return
            self._left -= 1
            # Once dead, all threads are.
            if self._left < 0:
                raise Dead

    @contextmanager
    def after(self, steps: int | None) -> Iterator[None]:
        """Die after so many steps of the block, or live (None)."""
        self._left = steps
        try:
            yield
        finally:
            self._left = None
