"""Thumbnails of bytes that nobody vouches for: made in a process of their own, within limits."""

from __future__ import annotations

import json
import logging
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fragua import confined, restraint
from fragua.errors import Refusal, Retry
from fragua.images import limits
from fragua.images.child import LATER
from fragua.images.picture import Picture, Thumbnail
from fragua.images.refusal import damaged, too_complex

log = logging.getLogger("fragua")

# Characters of a sentence, at most.
_REASON = 300
# What a child may say of a picture: all else is somebody else speaking.
_REFUSALS = {"unsupported", "damaged", "too_large", "too_complex"}
_TYPES = {"image/webp", "image/jpeg"}
_MOST_PIXELS = 1 << 31


def make(source: Path, heights: Sequence[int], folder: Path) -> Picture:
    """Do what `pyramid.render` does, whatever the bytes: write thumbnails into `folder`.

    Takes at most CPU_SECONDS, and WALL_SECONDS where a processor is shared. Raises Refusal,
    also when the child was killed, crashed, or ran out of memory or time. Raises Retry when the
    disk is full or a decoder is not there. Leaves no child; what a child in a stranger's hands has
    started lives on, with as little as it had.
    """
    restraint.close_the_curtain()
    child = [sys.executable, "-m", "fragua.images.child", str(source), str(folder)]
    return read(run([*child, *map(str, heights)], limits.WALL_SECONDS), folder)


def run(command: Sequence[str], seconds: float) -> bytes:
    """Return what a command prints that gets nothing of ours; Refusal or Retry if it dies."""
    done = confined.run(command, seconds)
    if done.code == LATER:
        raise Retry(done.output[:_REASON].decode(errors="replace"))
    if done.code:
        log.warning("decoding ended early", extra={"exit_code": done.code})
        raise too_complex() if done.out_of_limits else damaged()
    return done.output


def read(output: bytes, folder: Path) -> Picture:
    """What the child says, who may be in the hands of whoever sent the picture: all is checked."""
    try:
        answer = json.loads(output)
        if "picture" in answer:
            return _picture(answer["picture"], folder)
        refusal = Refusal(answer["code"], answer["reason"])
        if refusal.code not in _REFUSALS or not _is_text(refusal.reason):
            raise damaged()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise damaged() from error
    level = logging.ERROR if answer.get("mistake") else logging.INFO
    log.log(level, "picture refused", extra={"code": refusal.code, "cause": answer.get("cause")})
    raise refusal


def _picture(fields: dict[str, Any], folder: Path) -> Picture:
    thumbnails = tuple(Thumbnail(**each) for each in fields.pop("thumbnails"))
    picture = Picture(**fields, thumbnails=thumbnails)
    sizes = [(picture.width, picture.height), *((each.width, each.height) for each in thumbnails)]
    texts = (picture.format, picture.dominant_color, picture.thumbhash)
    if not (
        all(map(_is_size, sizes))
        and all(map(_is_text, texts))
        and all(each.content_type in _TYPES and _is_written(each, folder) for each in thumbnails)
    ):
        raise damaged()
    return picture


def _is_size(size: tuple[Any, Any]) -> bool:
    return all(type(side) is int and 0 < side < _MOST_PIXELS for side in size)


def _is_text(text: Any) -> bool:
    """Whether it can be kept and shown; no sentence of ours is longer."""
    return isinstance(text, str) and len(text) <= _REASON and text.isprintable()


def _is_written(thumbnail: Thumbnail, folder: Path) -> bool:
    """Whether it is a file of that size in the folder, and no link to something else."""
    if Path(thumbnail.file).name != thumbnail.file:
        return False
    try:
        found = (folder / thumbnail.file).lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == thumbnail.size
