"""Thumbnails of bytes that nobody vouches for: made in a process of their own, within limits.

A decoder can't be interrupted, takes what memory it likes, and has errors that are found year by
year. So it runs in a child that may use little, knows no credentials, and may die.
"""

from __future__ import annotations

import ctypes
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

from fragua.errors import Retry
from fragua.images import limits
from fragua.images.child import LATER
from fragua.images.picture import Picture, Thumbnail
from fragua.images.refusal import Refusal, damaged, too_complex

log = logging.getLogger("fragua")

# Of our environment only what Python needs to start, and coverage to count: nothing of AWS.
_HANDED_ON = ("LD_LIBRARY_PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
# PR_SET_DUMPABLE of prctl(2); what is not dumpable, /proc shows to root alone.
_SET_DUMPABLE = 4
# The kernel's answers to too much time and too much memory.
_OUT_OF_LIMITS = {signal.SIGXCPU, signal.SIGKILL}

# Bytes of a child's last words that are worth a line in the log.
_REASON = 300


def make(source: Path, heights: Sequence[int], folder: Path) -> Picture:
    """Do what `pyramid.render` does, whatever the bytes: write thumbnails into `folder`.

    Takes at most CPU_SECONDS, and WALL_SECONDS where a processor is shared. Raises Refusal,
    also when the child was killed, crashed, or ran out of memory or time; leaves no child. Raises
    Retry when the disk is full or a decoder is not there.
    """
    _close_the_curtain()
    child = [sys.executable, "-m", "fragua.images.child", str(source), str(folder)]
    return read(run([*child, *map(str, heights)], limits.WALL_SECONDS), folder)


def _close_the_curtain() -> None:
    """Let no process of the same user read this one's memory and environment: keys are in both."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def run(command: Sequence[str], seconds: float) -> bytes:
    """Return what a command prints that gets nothing of ours; Refusal or Retry if it dies."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Libraries complain there of each broken byte.
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise too_complex() from error
    if done.returncode == LATER:
        raise Retry(done.stdout[:_REASON].decode(errors="replace"))
    if done.returncode:
        log.warning("decoding ended early", extra={"exit_code": done.returncode})
        raise too_complex() if -done.returncode in _OUT_OF_LIMITS else damaged()
    return done.stdout


def read(output: bytes, folder: Path) -> Picture:
    """What the child says, who may be in the hands of whoever sent the picture: all is checked."""
    try:
        answer = json.loads(output)
        if "picture" in answer:
            return _picture(answer["picture"], folder)
        refusal = Refusal(str(answer["code"]), str(answer["reason"]))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise damaged() from error
    level = logging.ERROR if answer.get("mistake") else logging.INFO
    log.log(level, "picture refused", extra={"code": refusal.code, "cause": answer.get("cause")})
    raise refusal


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _picture(fields: dict[str, Any], folder: Path) -> Picture:
    thumbnails = tuple(Thumbnail(**each) for each in fields.pop("thumbnails"))
    if not all(_is_written(each, folder) for each in thumbnails):
        raise damaged()
    return Picture(**fields, thumbnails=thumbnails)


def _is_written(thumbnail: Thumbnail, folder: Path) -> bool:
    """Whether it is a file of that size in the folder, and no link to something else."""
    if Path(thumbnail.file).name != thumbnail.file:
        return False
    try:
        found = (folder / thumbnail.file).lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == thumbnail.size
