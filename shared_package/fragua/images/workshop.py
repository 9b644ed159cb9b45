"""Thumbnails of bytes that nobody vouches for: made in a process of their own, within limits.

A decoder can't be interrupted, takes what memory it likes, and has errors that are found year by
year. So it runs in a child that may use little, knows no credentials, and may die.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fragua.images import limits
from fragua.images.picture import Picture, Thumbnail
from fragua.images.refusal import Refusal, damaged, too_complex

log = logging.getLogger("fragua")

# Of our environment only what Python needs to start, and coverage to count: nothing of AWS.
_HANDED_ON = ("LD_LIBRARY_PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
# The kernel's answers to too much time and too much memory.
_OUT_OF_LIMITS = {signal.SIGXCPU, signal.SIGKILL}


def make(source: Path, heights: Sequence[int], folder: Path) -> Picture:
    """Do what `pyramid.render` does, whatever the bytes: write thumbnails into `folder`.

    Takes at most CPU_SECONDS, and WALL_SECONDS where a processor is shared. Raises Refusal,
    also when the child was killed, crashed, or ran out of memory or time; leaves no child.
    """
    command = [sys.executable, "-m", "fragua.images.child", str(source), str(folder)]
    try:
        done = subprocess.run(
            [*command, *map(str, heights)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Libraries complain there of each broken byte.
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=limits.WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise too_complex() from error
    if done.returncode:
        raise _died(done.returncode)
    return _picture(_answer(done.stdout), folder)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _died(code: int) -> Refusal:
    log.warning("decoding ended early", extra={"exit_code": code})
    return too_complex() if -code in _OUT_OF_LIMITS else damaged()


def _answer(output: bytes) -> dict[str, Any]:
    """What the child says, who may be in the hands of whoever sent the picture: all is checked."""
    try:
        answer = json.loads(output)
    except ValueError as error:
        raise damaged() from error
    if not isinstance(answer, dict):
        raise damaged()
    if "picture" not in answer:
        log.info("refused", extra={"code": answer.get("code"), "cause": answer.get("cause")})
        raise Refusal(str(answer.get("code")), str(answer.get("reason")))
    return answer


def _picture(answer: dict[str, Any], folder: Path) -> Picture:
    try:
        fields = answer["picture"]
        thumbnails = tuple(Thumbnail(**each) for each in fields.pop("thumbnails"))
        picture = Picture(**fields, thumbnails=thumbnails)
    except (AttributeError, KeyError, TypeError) as error:
        raise damaged() from error
    if not all(_is_written(each, folder) for each in picture.thumbnails):
        raise damaged()
    return picture


def _is_written(thumbnail: Thumbnail, folder: Path) -> bool:
    """Whether it is a file of that size in the folder, and no link to something else."""
    if Path(thumbnail.file).name != thumbnail.file:
        return False
    try:
        found = (folder / thumbnail.file).lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == thumbnail.size
