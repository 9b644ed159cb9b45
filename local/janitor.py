"""Cleans up after the stack, whatever way it ended: normally, by a signal, or killed.

A small process of its own session. It reads one JSON object a line from its parent: what to
clean. When the pipe ends, the parent is done or dead, and the cleaning begins.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.processes import json_line, kill_group, spawn_module

_PATIENCE = 5.0


class Janitor:
    """The parent's side: tells the janitor what to clean, and lets it begin by leaving."""

    def __init__(self) -> None:
        self._process = spawn_module("local.janitor")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=4 * _PATIENCE)

    def owns_group(self, group: int) -> None:
        """A process group that must not outlive this process."""
        self._tell({"group": group})

    def forgets_group(self, group: int) -> None:
        """The group ended by itself; its number may be given to somebody else."""
        self._tell({"forget": group})

    def awaits_group(self, group: int) -> None:
        """A process group that ends by itself, and must be let."""
        self._tell({"await": group})

    def owns_postgres(self, data: Path) -> None:
        """A data directory whose server, if there is one, must be stopped."""
        self._tell({"postgres": str(data)})

    def owns_folder(self, folder: Path) -> None:
        """A folder to remove in the end."""
        self._tell({"folder": str(folder)})

    def _tell(self, message: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json_line(message))
        self._process.stdin.flush()


class _Duties:
    """What was reported so far."""

    def __init__(self) -> None:
        self.groups: set[int] = set()
        self.awaited: set[int] = set()
        self.data: set[Path] = set()
        self.folders: set[Path] = set()

    def note(self, message: dict[str, Any]) -> None:
        actions: dict[str, Callable[[Any], None]] = {
            "group": self.groups.add,
            "forget": self.groups.discard,
            "await": self.awaited.add,
            "postgres": lambda data: self.data.add(Path(data)),
            "folder": lambda folder: self.folders.add(Path(folder)),
        }
        for word, value in message.items():
            actions[word](value)

    def do(self) -> None:
        # An initdb that is cut off would leave shared memory behind, which outlives everything.
        for group in self.awaited:
            _wait(partial(_ended, group))
        # PostgreSQL is asked, not killed: only then does it return its shared memory.
        _stop(self._postgres, (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
        _stop(self._groups, (signal.SIGTERM, signal.SIGKILL))
        for folder in self.folders:
            _wait(partial(_removed, folder))

    def _groups(self, number: int) -> bool:
        # A set, because all are to be signalled, not just the first that is there.
        return True in {kill_group(group, number) for group in self.groups}

    def _postgres(self, number: int) -> bool:
        return True in {_signal_postgres(data, number) for data in self.data}


def _signal_postgres(data: Path, number: int) -> bool:
    """Signals the server of a data directory; False when there is none."""
    try:
        # The first line of the server's own pid file; none is there once it ended in order.
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, number)
    except (OSError, ValueError, IndexError):
        return False
    return True


def _stop(send: Callable[[int], bool], numbers: Iterable[int]) -> None:
    """Sends one signal after the other until nobody is left to take one."""
    for number in numbers:
        if not send(number) or _wait(lambda: not send(0)):
            return


def _ended(group: int) -> bool:
    return not kill_group(group, 0)


def _removed(folder: Path) -> bool:
    # A dying process may still write while the tree is being removed.
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def _wait(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def main() -> None:
    """Takes notes until the pipe ends, then cleans; no signal keeps it from that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    duties = _Duties()
    for line in sys.stdin:
        with suppress(ValueError):
            duties.note(json.loads(line))
    duties.do()


if __name__ == "__main__":
    main()
