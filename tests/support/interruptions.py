"""Something else that happens between two steps of a function, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.steps import Steps


class Interruptions:
    """What happens has steps, too, and those are not counted."""

    def __init__(self) -> None:
        self._steps = Steps(self._interrupt, once=True)
        self._do: Callable[[], Any] = lambda: None

    def _interrupt(self) -> None:
        self._do()

    @contextmanager
    def after(self, steps: int, do: Callable[[], Any]) -> Iterator[Callable[[], bool]]:
        """Do something after so many steps of the block; yields whether it came to that."""
        self._steps.left, self._do = steps, do
        try:
            yield lambda: self._steps.left is None
        finally:
            self._steps.left = None
