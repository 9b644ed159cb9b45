"""Programs that read what a stranger sent: in a process of their own that may use little.

Decoders can't be interrupted, take what memory they like, and have errors that are found year by
year. So they run in a child that knows no credentials, and may die.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

# Of our environment only what Python needs to start, and coverage to count: nothing of AWS.
_HANDED_ON = ("LD_LIBRARY_PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
# The kernel's answers to too much time, too much memory and too much output.
_OUT_OF_LIMITS = {signal.SIGXCPU, signal.SIGKILL, signal.SIGXFSZ}
# Bytes of an answer, at most; and of last words, for the log.
_ANSWER = 1 << 20
_LAST_WORDS = 300
# Of the time of our clock, what a child has of a processor at least, however busy the machine is
# with what a machine can do.
_FAIR = 0.03


@dataclass(frozen=True)
class Ended:
    """How a child ended: the code it exited with, what it printed, and its last complaint.

    `starved` is one that our clock ended though it had hardly got a processor by then.
    """

    code: int
    output: bytes
    complaint: str
    starved: bool

    @property
    def out_of_limits(self) -> bool:
        """Whether the kernel, or our own clock, put an end to it."""
        return -self.code in _OUT_OF_LIMITS


def run(
    command: Sequence[str],
    seconds: float,
    *,
    given: Sequence[IO[bytes]] = (),
    meanwhile: Callable[[], None] | None = None,
    every: float = 5,
) -> Ended:
    """Run a command that gets nothing of ours but open files, and is killed after `seconds`.

    `meanwhile` is called every few seconds; what it raises ends the child, too.
    """
    # No pipes: to a file the kernel lets nobody write more than its limit.
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
            env=_environment(),
            pass_fds=[file.fileno() for file in given],
        )
        before, ended = _cpu(), False
        try:
            ended = _wait(child, seconds, meanwhile, every)
        finally:
            child.kill()
            child.wait()
        starved = not ended and _cpu() - before < seconds * _FAIR
        return Ended(child.returncode, _read(said, _ANSWER), _last_words(complained), starved)


def _cpu() -> float:
    """Return the seconds of a processor that all children which have ended have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait(
    child: subprocess.Popen[bytes],
    seconds: float,
    meanwhile: Callable[[], None] | None,
    every: float,
) -> bool:
    """Wait until the child ends; False when it has not by then."""
    step = min(seconds, every) if meanwhile else seconds
    left = seconds
    while left > 0:
        with suppress(subprocess.TimeoutExpired):
            child.wait(min(step, left))
            return True
        left -= step
        if meanwhile:
            meanwhile()
    return False


def _read(file: IO[bytes], most: int) -> bytes:
    file.seek(0)
    return file.read(most)


def _last_words(file: IO[bytes]) -> str:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - _LAST_WORDS))
    return file.read().decode(errors="replace").strip()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
