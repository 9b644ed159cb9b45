"""`make demo`: a real file goes up, the client is killed half-way, resumes, and all bytes return.

Starts the local stack on a free port, runs the command line as a person would, and ends both.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

from local.launch import launched

MIB = 2**20
SIZE = 200_000_000
# Percent: from here on the client is killed.
HALF = 50
PROGRESS = re.compile(r" (\d+) % ")
FRAGUA = [sys.executable, "-m", "fragua_client"]
INDENT = "    "


@dataclass(frozen=True)
class Shell:
    """Runs `fragua` against one stack, with a session and a journal of its own."""

    environment: dict[str, str]

    def fragua(self, *arguments: str, until: int | None = None) -> Run:
        """Run it to its end, or kill it by SIGKILL at `until` percent; SystemExit if it fails."""
        print(f"\n$ fragua {' '.join(arguments)}")
        with self._started(arguments) as process:
            run = follow(process, until)
            if until is not None:
                process.kill()
            run.output = process.stdout.read() if process.stdout else ""
        if until is not None and process.returncode == 0:
            sys.exit("It was over before it could be killed: take a larger FILE")
        if process.returncode != (0 if until is None else -signal.SIGKILL):
            sys.exit(f"fragua {arguments[0]} ended with {process.returncode}")
        if until is not None:
            print(f"{INDENT}>>> kill -9 {process.pid}")
        return run

    @contextmanager
    def _started(self, arguments: tuple[str, ...]) -> Iterator[subprocess.Popen[str]]:
        pipe = subprocess.PIPE
        with subprocess.Popen(
            [*FRAGUA, *arguments], env=self.environment, stdout=pipe, stderr=pipe, text=True
        ) as process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise


@dataclass
class Run:
    """What was seen of one run: the last percentage, and when the bytes began and ceased to move.

    Times are `time.monotonic()`.
    """

    share: int = 0
    output: str = ""
    began: float = field(default_factory=time.monotonic)
    moved: float = 0.0
    ended: float = 0.0

    @property
    def moving(self) -> float:
        """Seconds from its start to the last progress that it showed."""
        return self.moved - self.began


def follow(process: subprocess.Popen[str], until: int | None) -> Run:
    """Show what it says on stderr, to its end or until that percentage."""
    run = Run()
    for line in process.stderr or ():
        print(f"{INDENT}{line}", end="")
        if match := PROGRESS.search(line):
            run.share, run.moved = int(match[1]), time.monotonic()
        if until is not None and run.share >= until:
            break
    run.ended = time.monotonic()
    return run


def random_file(folder: Path) -> Path:
    """Write 200 MB that nothing can compress."""
    path = folder / "random.bin"
    print(f"Writing {SIZE / 1e6:.0f} MB of random bytes")
    with path.open("wb") as file:
        for begin in range(0, SIZE, MIB):
            file.write(secrets.token_bytes(min(MIB, SIZE - begin)))
    return path


def sha256(path: Path) -> str:
    """In hexadecimal digits, with what `sha256sum` would say."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pace(size: float, seconds: float) -> str:
    """Seconds and MB/s."""
    return f"{seconds:6.1f} s  {size / 1e6 / max(seconds, 1e-6):7.1f} MB/s"


def shell_at(address: str, folder: Path) -> Shell:
    """A shell with nothing of this user's in it, and with plain output."""
    plain = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "TTY_COMPATIBLE")}
    mine = {
        "FRAGUA_URL": address,
        "FRAGUA_PASSWORD": secrets.token_urlsafe(12),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    return Shell(plain | mine)


def show(path: Path, mode: str, folder: Path, address: str) -> bool:
    """Upload, kill, resume, download and compare; tell whether all bytes came back."""
    shell, size, back = shell_at(address, folder), path.stat().st_size, folder / "back"
    who = (f"--email=demo-{uuid4().hex[:8]}@example.com", "--first-name=Demo", "--last-name=Demo")
    print(INDENT + shell.fragua("register", *who).output, end="")
    command = ("upload", str(path), "--mode", mode)
    killed = shell.fragua(*command, until=HALF)
    resumed = shell.fragua(*command, "--json")
    said: dict[str, Any] = json.loads(resumed.output)
    down = shell.fragua("download", said["file_id"], "-o", str(back))
    sent, returned = sha256(path), sha256(back)
    rest = size * said["sent"] / said["fragments"]
    print(f"""
File        {path.name}, {size / 1e6:.1f} MB in {said["fragments"]} fragments, {mode}
Killed      {said["already"]:6d} fragments had arrived  {pace(size - rest, killed.moving)}
Resumed     {said["sent"]:6d} fragments sent         {pace(rest, resumed.moving)}
Joined      {"":29}{resumed.ended - resumed.moved:6.1f} s  and verified
Downloaded  {"":29}{pace(size, down.moving)}
SHA-256     {sent}  sent
            {returned}  came back
{"Equal: every byte came back." if sent == returned else "DIFFERENT: this is a bug."}""")
    return sent == returned


def terminated(*_: object) -> NoReturn:
    """SIGTERM ends it as Ctrl-C does: by cleaning up."""
    raise KeyboardInterrupt


def main() -> int:
    """0 only when every byte came back."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--file", default="", help="else 200 MB of random bytes")
    parser.add_argument("--mode", choices=("direct", "relay"), default="direct")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, terminated)
    # Also in a pipe a line is to be seen when it is written.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    try:
        with tempfile.TemporaryDirectory(prefix="fragua-demo-") as name:
            folder = Path(name)
            path = Path(given.file) if given.file else random_file(folder)
            if not path.is_file():
                sys.exit(f"{path} is no file")
            print("Starting Fragua on this machine")
            with launched(stderr=subprocess.DEVNULL) as stack:
                print(f"Ready at {stack.address}")
                return 0 if show(path, given.mode, folder, stack.address) else 1
    except KeyboardInterrupt:
        print("\nInterrupted; everything is cleaned up", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
