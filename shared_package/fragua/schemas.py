"""What all requests and answers have in common."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from fragua.errors import Invalid

Key = TypeVar("Key", UUID, str)
T = TypeVar("T")

# A field of an answer that is not shown at all where there is nothing to show.
LeftOut = Annotated[T | None, Field(exclude_if=lambda value: value is None)]

# Any text could be a name; this tells that a cursor was made here.
_BY_NAME = b"after:"

# As we write ids. Python reads some more: in braces, as a URN, without its dashes.
_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def is_id(text: str) -> bool:
    """Tell whether a text is written as an id is."""
    return bool(_ID.fullmatch(text))


def _written_as_ids_are(text: Any) -> Any:
    if isinstance(text, str) and not is_id(text):
        raise ValueError("is not an id")
    return text


Id = Annotated[UUID, BeforeValidator(_written_as_ids_are)]
# In a body, whose values must have their types already: JSON has none for ids.
BodyId = Annotated[Id, Field(strict=False)]

# PostgreSQL answers in the time zone of its session; we answer in UTC.
Time = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Request(BaseModel):
    """A body: unknown fields are refused, and a value must have its type already."""

    # What is refused may be a password, and the message of an exception ends in a log.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Answer(BaseModel):
    """Something that we answer with."""

    model_config = ConfigDict(frozen=True)


def printable(text: str) -> str:
    """Refuse control characters (Unicode category Cc): NUL ends strings, newlines forge logs."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("must not contain control characters")
    return text


def visible(text: str) -> str:
    """Refuse text of nothing but white space."""
    if not text.strip():
        raise ValueError("must not be blank")
    return text


# A person's or a place's name: 1-100 code points.
Name = Annotated[
    str, Field(min_length=1, max_length=100), AfterValidator(printable), AfterValidator(visible)
]


def _file_name(text: str) -> str:
    if "/" in text or "\\" in text or text in (".", ".."):
        raise ValueError("must not contain / or \\, nor be . or ..")
    return text


# A file's name is kept exactly: 1-255 code points of any Unicode but control characters.
FileName = Annotated[
    str, Field(min_length=1, max_length=255), AfterValidator(printable), AfterValidator(_file_name)
]

# RFC 9110: type/subtype of tokens, then parameters. ASCII, as it becomes a header.
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
MediaType = Annotated[str, Field(max_length=255, pattern=rf"^{_WORD}/{_WORD}( *;[ -~]*)?$")]


def encode_cursor(last: UUID | str | None) -> str | None:
    """Make the cursor of the page after the row `last`, or none after the last page."""
    if last is None:
        return None
    key = last.bytes if isinstance(last, UUID) else _BY_NAME + last.encode()
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> UUID | None:
    """Read the cursor of a list by id back; `Invalid` if we can't have made it."""
    return _decoded(cursor, lambda key: UUID(bytes=key))


def decode_text_cursor(cursor: str | None) -> str | None:
    """Read the cursor of a list by name back; `Invalid` if we can't have made it."""
    return _decoded(cursor, lambda key: printable(key.removeprefix(_BY_NAME).decode()))


def _decoded(cursor: str | None, read: Callable[[bytes], Key]) -> Key | None:
    if cursor is None:
        return None
    try:
        padding = "=" * (-len(cursor) % 4)
        last = read(base64.b64decode(cursor + padding, altchars=b"-_", validate=True))
    except ValueError:
        last = None
    # The decoder ignores stray bits, so compare: only what we gave out is accepted.
    if last is None or encode_cursor(last) != cursor:
        raise Invalid(("/cursor", "is not a cursor that this list gave out"))
    return last
