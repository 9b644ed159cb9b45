"""Why bytes are not made into thumbnails, in words for the one who sent them.

| code          | the picture                                                         |
|---------------|---------------------------------------------------------------------|
| `unsupported` | is none, or is of a kind that no thumbnails are made of             |
| `damaged`     | ends too early or contradicts itself                                |
| `too_large`   | has more pixels, a longer side or more bytes than its kind may have |
| `too_complex` | would take more time or memory than one picture may take            |
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from fragua.errors import Refusal

# What the machine says of itself: no bytes bring that about.
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}


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


def is_machines(error: BaseException) -> bool:
    """Whether an error is the disk's or the system's: the same bytes may do well later."""
    return isinstance(error, OSError) and error.errno in _MACHINE


@contextmanager
def anything_refuses() -> Iterator[None]:
    """Take what is raised within as the bytes' fault: decoders raise nearly everything."""
    try:
        yield
    except Refusal:
        raise
    except MemoryError as error:
        raise too_complex() from error
    except Exception as error:
        if is_machines(error):
            raise
        raise damaged() from error
