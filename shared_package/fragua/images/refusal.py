"""Why bytes are not made into thumbnails, in words for the one who sent them.

| code          | the picture                                                         |
|---------------|---------------------------------------------------------------------|
| `unsupported` | is none, or is of a kind that no thumbnails are made of             |
| `damaged`     | ends too early or contradicts itself                                |
| `too_large`   | has more pixels, a longer side or more bytes than its kind may have |
| `too_complex` | would take more time or memory than one picture may take            |
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Refusal(Exception):
    """The bytes are not made into thumbnails; `reason` is a sentence for the owner."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def unsupported() -> Refusal:
    """The bytes are none of the kinds that are decoded."""
    kinds = "JPEG, PNG, GIF, WebP, AVIF, HEIC, TIFF or BMP"
    return Refusal("unsupported", f"The file is no {kinds} picture, so it gets no thumbnails.")


def damaged() -> Refusal:
    """The decoder gave up, or fewer pixels came than the header promised."""
    return Refusal("damaged", "The picture is damaged or incomplete, so it gets no thumbnails.")


def too_large(what: str) -> Refusal:
    """`what` completes "The picture", e.g. "has 120 megapixels; at most 90 are allowed"."""
    return Refusal("too_large", f"The picture {what}.")


def too_complex() -> Refusal:
    """Out of time or memory, or sure to get there."""
    return Refusal(
        "too_complex", "The picture takes more time or memory to decode than one picture may take."
    )


@contextmanager
def anything_refuses() -> Iterator[None]:
    """Take whatever is raised within as the bytes' fault: decoders raise nearly everything."""
    try:
        yield
    except Refusal:
        raise
    except MemoryError as error:
        raise too_complex() from error
    except Exception as error:
        raise damaged() from error
