"""How the library tells what it is doing, whoever listens."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Counts the bytes of one file."""

    def advance(self, size: int) -> None:
        """So many bytes more, or fewer when a fragment has to be sent again; from any thread."""

    def close(self) -> None:
        """No more of this file."""


class Reporter(Protocol):
    """Takes what a person would want to know."""

    def say(self, text: str) -> None:
        """One line."""

    def begin(self, name: str, total: int, done: int) -> Meter:
        """A file whose bytes are about to move; `done` of `total` are there already."""


class Silent:
    """Nobody listens."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def begin(self, name: str, total: int, done: int) -> Silent:  # noqa: ARG002 - Reporter's
        """Measure nothing."""
        return self

    def advance(self, size: int) -> None:
        """Count nothing."""

    def close(self) -> None:
        """End nothing."""
