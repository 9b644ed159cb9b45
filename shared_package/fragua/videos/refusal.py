"""Why no video is made of a file, in words for its owner.

| code               | the file                                                             |
|--------------------|----------------------------------------------------------------------|
| `file_deleted`     | is gone                                                              |
| `file_quarantined` | holds malware, says a scanner                                        |
| `not_made`         | was given up: workers died of it, or it waited for too long          |
| `no_video`         | has no moving picture: sound alone, or no frame at all               |
| `unsupported`      | holds what no decoder is allowed for                                 |
| `damaged`          | contradicts itself, or ends before it has shown anything             |
| `too_large`        | has more bytes, or a frame more pixels, than a video may have        |
| `too_complex`      | takes more time, memory or disk than one video may take              |
"""

from __future__ import annotations

from fragua.errors import Refusal


def file_deleted() -> Refusal:
    """Its owner deleted it before it was looked at."""
    return Refusal("file_deleted", "The file was deleted before a video was made of it.")


def file_quarantined() -> Refusal:
    """A scanner found malware in it before it was looked at."""
    return Refusal(
        "file_quarantined", "A scanner found malware in the file: no video is made of it."
    )


def not_made() -> Refusal:
    """Nobody will try again."""
    return Refusal("not_made", "No video could be made of the file, which may not be its fault.")


def no_video(what: str) -> Refusal:
    """`what` completes "The file", e.g. "holds sound alone"."""
    return Refusal("no_video", f"The file {what}.")


def unsupported(codec: str) -> Refusal:
    """`codec` is the name of what no decoder is allowed for."""
    return Refusal("unsupported", f"The file holds {codec}, which no video is made of.")


def damaged() -> Refusal:
    """The decoder gave up."""
    return Refusal("damaged", "The file is damaged or incomplete, so no video can be made of it.")


def too_large(what: str) -> Refusal:
    """`what` completes "The file", e.g. "has 9.1 GB; at most 8.6 are allowed"."""
    return Refusal("too_large", f"The file {what}.")


def too_complex() -> Refusal:
    """Out of time, memory or disk."""
    return Refusal(
        "too_complex", "The file takes more time or memory to decode than one video may take."
    )
