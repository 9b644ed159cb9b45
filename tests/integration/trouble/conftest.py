"""One bench for all: its proxies and the parent of its workers are started once."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import Client, recorder
from tests.support.bench import Bench
from tests.support.catalog import new_admin
from tests.support.restarts import Server
from tests.support.videos import submitted
from tests.support.workers import Workers


@pytest.fixture(scope="session")
def session_bench(backend: dict[str, str]) -> Iterator[Bench]:
    """The bench of the session."""
    with Workers(backend, recorder) as workers:
        bench = Bench(backend, workers)
        yield bench
        bench.close()


@pytest.fixture
def bench(session_bench: Bench) -> Iterator[Bench]:
    """The bench, with nothing planned."""
    session_bench.plan()
    yield session_bench
    session_bench.plan()


@pytest.fixture(scope="module")
def editor(backend: dict[str, str]) -> Client:
    """An admin who keeps the catalog."""
    return new_admin()


@pytest.fixture(scope="module")
def colleague(backend: dict[str, str]) -> Client:
    """Another admin, who does so, too."""
    return new_admin()


@pytest.fixture
def server(backend: dict[str, str]) -> Iterator[Server]:
    """The PostgreSQL of the tests, to be stopped and started."""
    found = Server.of_tests()
    yield found
    if not (found.data / "postmaster.pid").exists():
        found.start()


@pytest.fixture
def page_of_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files go to a disk that holds one small file."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def video_id(bench: Bench, client: Client) -> str:
    """A video that nobody has begun to make."""
    return submitted(client)
