"""The command line `python -m tools.deploy`, as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.account import clean_environment, credentials
from tests.support.paths import ROOT


def environment(endpoint: str, **changes: str | None) -> dict[str, str]:
    """Variables that lead to the emulator, and nowhere else."""
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    given = clean_environment() | credentials(endpoint) | nowhere | changes
    return {name: value for name, value in given.items() if value is not None}


def run(endpoint: str, *arguments: str, **changes: str | None) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tools.deploy", *arguments],
        cwd=ROOT,
        env=environment(endpoint, **changes),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_an_account_without_pipeline_ends_it_with_a_sentence(endpoint: str) -> None:
    code, said = run(endpoint, "--stage", "testing")
    assert code == 1
    assert "There is no stack fragua-bootstrap in us-east-1" in said


def test_an_unknown_stage_ends_it_with_the_known_ones(endpoint: str) -> None:
    code, said = run(endpoint, "--stage", "prod")
    assert code == 1
    assert "it has development, production, testing" in said


def test_without_credentials_it_says_so(endpoint: str) -> None:
    gone = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    code, said = run(endpoint, "--stage", "testing", **gone)
    assert code == 1
    assert "Unable to locate credentials" in said


def test_without_a_region_it_says_so(endpoint: str) -> None:
    gone = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None}
    code, said = run(endpoint, "--stage", "testing", **gone)
    assert code == 1
    assert "No region" in said


def test_the_region_of_the_other_sdks_counts(endpoint: str) -> None:
    code, said = run(endpoint, "--stage", "testing", AWS_REGION="eu-west-3")
    assert code == 1
    assert "in eu-west-3" in said


@pytest.mark.parametrize("minutes", ["-1", "181"])
def test_a_watch_that_cloudformation_does_not_keep_is_refused(endpoint: str, minutes: str) -> None:
    code, said = run(endpoint, "--stage", "testing", "--watch-minutes", minutes)
    assert code == 1
    assert "0 to 180" in said


@contextmanager
def silent() -> Iterator[socket.socket]:
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_it_at_once_with_130(sent: signal.Signals) -> None:
    with silent() as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.deploy", "--stage", "testing"],
            cwd=ROOT,
            env=environment(address),
            stderr=subprocess.PIPE,
            text=True,
        )
        with server.accept()[0]:
            began = time.monotonic()
            process.send_signal(sent)
            _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - began < 10
    assert "Interrupted" in said
    assert "Traceback" not in said
