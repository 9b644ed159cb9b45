"""Starts `python -m local` as a newcomer would, and ends it as Ctrl-C would."""

import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from local.launch import alone

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-m", "local", "--host", "127.0.0.1", "--port", "0"]
SUPERADMIN_EMAIL = os.environ.get("FRAGUA_SUPERADMIN_EMAIL", "root@fragua.example.com")
SUPERADMIN_PASSWORD = os.environ.get("FRAGUA_SUPERADMIN_PASSWORD", "the first of all smiths")


@dataclass
class LocalStack:
    """A stack of our own on a free port; `scale` is its FRAGUA_TIME_SCALE.

    `banner` holds its addresses by their names in the output, once it is ready.
    """

    stderr: Path
    scale: int = 1
    lines: "queue.Queue[str | None]" = field(default_factory=queue.Queue)
    process: "subprocess.Popen[str] | None" = None
    banner: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Launch it without waiting, so that several may start side by side."""
        # Not counted by coverage, which would take half as long again: the integration tests run
        # the same handlers.
        unwatched = {k: v for k, v in alone().items() if not k.startswith("COVERAGE_")}
        environment = unwatched | {
            "FRAGUA_SUPERADMIN_EMAIL": SUPERADMIN_EMAIL,
            "FRAGUA_SUPERADMIN_PASSWORD": SUPERADMIN_PASSWORD,
            "FRAGUA_TIME_SCALE": str(self.scale),
        }
        with self.stderr.open("w") as stderr:
            self.process = subprocess.Popen(
                COMMAND, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=stderr
            )
        threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()

    def _drain(self, stdout: IO[str]) -> None:
        # Read to the end even after `ready`: a full pipe would stop the stack.
        with stdout:
            for line in stdout:
                self.lines.put(line)
        self.lines.put(None)

    def ready(self, seconds: float = 60.0) -> str:
        """Wait for the line `ready http://...` and give back the address."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                pytest.fail(f"the stack did not get ready; its stderr:\n{self._said()}")
            if line.startswith("ready http://"):
                return line.split()[1].rstrip("/")
            name, _, value = line.strip().partition("  ")
            self.banner[name] = value.strip()

    def _said(self) -> str:
        return self.stderr.read_text(errors="replace")[-8000:]

    def stop(self, seconds: float = 30.0) -> None:
        """SIGTERM; a stack that does not end by it is a failure, and is killed."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            pytest.fail(f"SIGTERM did not end the stack within {seconds} s\n{self._said()}")
        finally:
            self.process.wait(seconds)
