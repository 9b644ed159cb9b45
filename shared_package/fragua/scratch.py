"""Folders for one job's files. The disk outlives a worker that was stopped in the midst of one."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

# Seconds that a worker may take from making a folder to locking it.
_YOUNG = 10


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """Make a folder for a job; it goes with the block.

    What dead workers have left in folders of the same prefix goes now: the kernel unlocks them.
    """
    for left in Path(gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            _clear_away(left)
    with TemporaryDirectory(prefix=prefix) as made, _locked(Path(made)):
        yield Path(made)


def _clear_away(left: Path) -> None:
    if time.time() - left.stat().st_mtime > _YOUNG:
        with _locked(left):
            shutil.rmtree(left)


@contextmanager
def _locked(made: Path) -> Iterator[None]:
    """Lock a folder; BlockingIOError where somebody else has."""
    descriptor = os.open(made, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
