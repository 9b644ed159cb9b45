"""Starts the stack for tests and benchmarks, as its user does: as a process of its own.

with launched() as stack:
    httpx.get(f"{stack.address}/v1/health")
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.clients import client

_ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 60.0


@dataclass
class Launched:
    """A running stack; `banner` holds its addresses by their names in the output."""

    process: subprocess.Popen[str]
    address: str = ""
    banner: dict[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """The address of the AWS emulator."""
        return self.banner["AWS emulator"]

    @property
    def database_url(self) -> str:
        """The URL of the database."""
        return self.banner["DATABASE_URL"]

    def client(self, service: str) -> Any:
        """A boto3 client of the stack's own AWS."""
        return client(service, self.endpoint)


@contextmanager
def launched(
    *arguments: str, environment: Mapping[str, str] | None = None, stderr: int | None = None
) -> Iterator[Launched]:
    """The stack with more `arguments` of the command line, on a free port; SIGTERM ends it."""
    stack = Launched(start(*arguments, environment=environment, stderr=stderr))
    try:
        _wait_until_ready(stack)
        yield stack
    finally:
        stack.process.terminate()
        stack.process.communicate(timeout=_PATIENCE)


def alone() -> dict[str, str]:
    """This process's environment without what would share its database or clock with a stack."""
    databases = {"DATABASE_URL", "DATABASE_WRITER_URL", "DATABASE_READER_URL"}
    shared = databases | {"FRAGUA_TIME_SCALE"}
    return {name: value for name, value in os.environ.items() if name not in shared}


def start(
    *arguments: str, environment: Mapping[str, str] | None = None, stderr: int | None = None
) -> subprocess.Popen[str]:
    """Starts `python -m local --port 0` from the repository's root, and doesn't wait."""
    return subprocess.Popen(
        [sys.executable, "-m", "local", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=stderr,
        cwd=_ROOT,
        env=alone() | dict(environment or {}),
        text=True,
    )


def _wait_until_ready(stack: Launched) -> None:
    """Reads the banner up to its last line. Raises RuntimeError when the stack ended instead."""
    assert stack.process.stdout is not None
    watchdog = threading.Timer(_PATIENCE, stack.process.kill)
    watchdog.start()
    for line in stack.process.stdout:
        name, _, value = line.strip().partition("  ")
        stack.banner[name] = value.strip()
        if line.startswith("ready "):
            stack.address = line.split()[1]
            break
    watchdog.cancel()
    if not stack.address:
        raise RuntimeError(f"the stack ended with {stack.process.wait()} before it was ready")
