"""Progress at a terminal: a bar; where nobody watches, plain lines; and nothing when quiet."""

from __future__ import annotations

import threading
import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from fragua_client.names import show_size, shown
from fragua_client.reporting import Meter, Reporter, Silent

# A plain line comes at each tenth of the file, and at least so often (seconds).
_STEPS = 10
_SECONDS = 30.0


def reporter(console: Console, *, quiet: bool) -> Reporter:
    """The one that fits where `console` writes to."""
    if quiet:
        return Silent()
    return Bars(console) if console.is_terminal else Lines(console)


class Lines:
    """One line at a time, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        """Write it, however long it is, on one line."""
        self._console.print(Text(shown(text)), soft_wrap=True)

    def begin(self, name: str, total: int, done: int) -> Meter:
        """Lines such as `big.bin  40 %  80.0 of 200.0 MiB  52.1 MiB/s`."""
        return _PlainMeter(self, name, total, done)


class _PlainMeter:
    def __init__(self, lines: Lines, name: str, total: int, done: int) -> None:
        self._lines, self._name, self._total = lines, name, total
        self._begun, self._done = done, done
        self._began_at = self._said_at = time.monotonic()
        self._step = self._step_now()
        self._lock = threading.Lock()

    def advance(self, size: int) -> None:
        """Say it when another tenth is done."""
        with self._lock:
            self._done += size
            now, step = time.monotonic(), self._step_now()
            if step > self._step or now - self._said_at > _SECONDS:
                self._step, self._said_at = max(step, self._step), now
                self._lines.say(self._line(now))

    def close(self) -> None:
        """The last line was the last tenth's."""

    def _step_now(self) -> int:
        return _STEPS * self._done // self._total if self._total else _STEPS

    def _line(self, now: float) -> str:
        speed = max(0, self._done - self._begun) / max(now - self._began_at, 1e-6)
        share = 100 * self._done // self._total
        done = f"{show_size(self._done)} of {show_size(self._total)}"
        return f"{self._name}  {share:3d} %  {done}  {show_size(speed)}/s"


class Bars:
    """A bar for each file while it moves."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        """Write it above the bar."""
        self._console.print(Text(shown(text)))

    def begin(self, name: str, total: int, done: int) -> Meter:
        """Share, bytes, speed and the time that it will take."""
        return _Bar(self._console, name, total, done)


class _Speed(ProgressColumn):
    """In the units of the bytes beside it; rich's own counts by thousands."""

    def render(self, task: Task) -> Text:
        """Bytes a second, lately."""
        speed = task.finished_speed or task.speed
        return Text(f"{show_size(max(0, speed))}/s" if speed else "", style="progress.data.speed")


class _Bar:
    def __init__(self, console: Console, name: str, total: int, done: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            DownloadColumn(binary_units=True),
            _Speed(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=console,
            transient=True,
        )
        # A bar without anything to do would be empty, not full.
        size, there = (total, done) if total else (1, 1)
        self._task: TaskID = self._progress.add_task(shown(name), total=size, completed=there)
        self._progress.start()

    def advance(self, size: int) -> None:
        """Move the bar."""
        self._progress.advance(self._task, size)

    def close(self) -> None:
        """Take it away: what remains is the result."""
        self._progress.stop()
