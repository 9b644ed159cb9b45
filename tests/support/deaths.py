"""Sudden death of a function in this process: at its n-th step nothing it does counts any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.steps import Steps


class Dead(BaseException):
    """No Exception, so that no cleaning up in the product catches it: the dead do not clean up."""


class Deaths:
    """Once dead, all threads are: each further step is a death."""

    def __init__(self) -> None:
        self._steps = Steps(self._die)

    def _die(self) -> None:
        raise Dead

    @contextmanager
    def after(self, steps: int | None) -> Iterator[None]:
        """Die after so many steps of the block, or live (None)."""
        self._steps.left = steps
        try:
            yield
        finally:
            self._steps.left = None
