"""What an argument may be; argparse turns the ValueErrors' sentences into wrong usage."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import TypeVar

from fragua_client import names

Value = TypeVar("Value")

# Seconds that the API lets a link live.
_LINK_LIFE = range(60, 7 * 24 * 3600 + 1)


def _told(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """Argparse shows the text of this error alone; of a ValueError it shows a name of ours."""

    def told(text: str) -> Value:
        try:
            return read(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from None

    return told


size = _told(names.parse_size)
link = _told(names.parse_link)


@_told
def text(text: str) -> str:
    """What can be sent: an argument may hold bytes that are no characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("is not valid UTF-8") from None
    return text


@_told
def link_life(text: str) -> int:
    """Seconds that a link shall live."""
    seconds = names.parse_duration(text)
    if seconds not in _LINK_LIFE:
        raise ValueError("must be 60s to 7d")
    return seconds


@_told
def parallel(text: str) -> int:
    """How many fragments at a time."""
    if not text.isdecimal() or not 1 <= int(text) <= 32:
        raise ValueError("must be 1 to 32")
    return int(text)


@_told
def count(text: str) -> int:
    """How many, at least one."""
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("must be a whole number, 1 or more")
    return int(text)
