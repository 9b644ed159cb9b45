"""Folders for one job's files. The disk outlives a worker that was stopped in the midst of one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir


@contextmanager
def folder(prefix: str, longest: float) -> Iterator[Path]:
    """Make a folder for a job that takes `longest` seconds at most; it goes with the block.

    What other jobs have left that have the same prefix, and can't be under way any more, goes now.
    """
    for left in Path(gettempdir()).glob(f"{prefix}*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > longest:
                shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=prefix) as made:
        yield Path(made)
