"""Fixtures of the local stack's tests: the emulator and the sample template."""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from local.clients import client
from local.emulator import emulator
from local.launch import Launched, launched

SAMPLE = Path(__file__).parent / "sample"
_PATIENCE = 30.0


def until(condition: Callable[[], object]) -> None:
    """Waits until `condition` holds, and fails if it never does."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether none of the processes runs any more."""
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


def sleeper(stack: Launched) -> psutil.Process:
    """A process that a function has started, and now waits for much longer than it may."""
    seconds = f"60.{secrets.randbelow(10**9)}"
    url = f"{stack.address}/trouble/spawns?seconds={seconds}"
    threading.Thread(target=_ask, args=(url,), daemon=True).start()
    found: list[psutil.Process] = []

    def appears() -> list[psutil.Process]:
        found[:] = [one for one in psutil.process_iter() if _runs(one, ["sleep", seconds])]
        return found

    until(appears)
    return found[0]


def _ask(url: str) -> None:
    # The stack is ended, or the function killed, before there is an answer.
    with suppress(httpx.HTTPError):
        httpx.post(url, timeout=_PATIENCE)


def _runs(process: psutil.Process, command: list[str]) -> bool:
    with suppress(psutil.Error):
        return process.cmdline() == command
    return False


@pytest.fixture(scope="session")
def sample() -> Iterator[Launched]:
    """The sample system, its minutes lasting seconds; who changes or ends it starts another."""
    environment = {"FRAGUA_TIME_SCALE": "60"}
    with launched("--template", str(SAMPLE / "template.yaml"), environment=environment) as stack:
        yield stack


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the sample that a test may edit; answers its template."""
    shutil.copytree(SAMPLE, tmp_path / "sample")
    return tmp_path / "sample" / "template.yaml"


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """An emulator for all tests; they share nothing but its process."""
    with emulator() as address:
        yield address


@pytest.fixture
def s3(endpoint: str) -> Any:
    """A client of the emulator that adds no checksums of its own."""
    return client("s3", endpoint)


@pytest.fixture
def bucket(s3: Any) -> str:
    """An empty bucket that a web page at https://app.example may use."""
    name = f"bucket-{os.urandom(6).hex()}"
    s3.create_bucket(Bucket=name)
    rule = {
        "AllowedOrigins": ["https://app.example"],
        "AllowedMethods": ["GET", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag"],
    }
    s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    return name
