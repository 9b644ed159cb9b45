"""What a file is, by its first bytes: never by its name, nor by what its sender says of it."""

from __future__ import annotations

import logging

import filetype

from fragua.images import kinds
from fragua.videos import kinds as videos

log = logging.getLogger("fragua")


def detect(head: bytes) -> str | None:
    """Tell the media type of a file that begins with `head` (64 KiB suffice), if it has one.

    Pictures by what thumbnails can be made of, all else by the magic numbers of filetype.
    """
    picture = kinds.detect(head)
    if picture:
        return f"image/{picture}"
    try:
        kind = filetype.guess(head)
    # Its matchers parse what a stranger wrote; a type is a guess, and never worth a file.
    except Exception as error:  # noqa: BLE001 - logged by name: its traceback may be endless
        log.warning("no type", extra={"reason": type(error).__name__})
        return None
    # It takes any text that begins with BM for a picture; those it knows of are told apart above.
    told = str(kind.mime) if kind else videos.detect(head)
    return None if told in {f"image/{name}" for name in kinds.ALL} else told
