"""`fragua ls`, `download`, `rm`, `abort`."""

from __future__ import annotations

import json
import resource
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.client.conftest import MIB, Cli
from tests.e2e.support.gate import PATIENCE, Gate

GET = r"GET /store/"


@pytest.fixture
def name() -> str:
    """A name that no other file has."""
    return f"{uuid.uuid4().hex}.bin"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Refuse longer files to the commands that are run meanwhile, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_list_is_for_programs_too(cli: Cli, name: str) -> None:
    path = cli.write(10, name)
    file_id = cli.good("upload", "-q", path).out.strip()
    (listed,) = json.loads(cli.good("ls", "--json", "--name", name[:20]).out)
    assert (listed["id"], listed["file_name"], listed["size"]) == (file_id, name, 10)
    assert cli.good("ls", "--name", name).out.split("\t")[:2] == [file_id, name]


def test_a_limit_cuts_the_list_and_says_so(cli: Cli, name: str) -> None:
    for number in range(3):
        cli.good("upload", cli.write(1, f"{number}{name}"))
    ran = cli.good("ls", "--limit", "2")
    assert len(ran.out.splitlines()) == 2
    assert "--all" in ran.err


def test_a_file_is_found_by_its_name(cli: Cli, name: str) -> None:
    path = cli.write(100, name)
    cli.good("upload", path)
    cli.good("download", name, "-o", "copy")
    assert (cli.folder / "copy").read_bytes() == path.read_bytes()


def test_a_name_of_two_files_names_none(cli: Cli, name: str) -> None:
    path = cli.write(100, name)
    ids = [cli.good("upload", "-q", path).out.strip() for _ in range(2)]
    ran = cli.run("download", name, "-o", "copy")
    assert ran.code == 1
    assert all(file_id in ran.err for file_id in ids)


def test_a_file_that_is_there_is_replaced_only_by_force(cli: Cli, name: str) -> None:
    path = cli.write(100, name)
    file_id = cli.good("upload", "-q", path).out.strip()
    content = path.read_bytes()
    path.write_bytes(b"mine")
    ran = cli.run("download", file_id)
    assert (ran.code, path.read_bytes()) == (1, b"mine")
    assert "--force" in ran.err
    cli.good("download", file_id, "--force")
    assert path.read_bytes() == content


def test_a_download_goes_on_after_a_kill(gated: Cli, gate: Gate, name: str) -> None:
    path = gated.write(3 * MIB, name)
    file_id = gated.good("upload", "-q", path).out.strip()
    part = gated.folder / f".fragua-{file_id}.part"
    part.write_bytes(path.read_bytes()[: MIB + 7])
    assert "Resumed at 1.0 MiB" in gated.good("download", file_id, "-o", "copy").out
    assert (gated.folder / "copy").read_bytes() == path.read_bytes()
    assert not part.exists()


def test_corrupted_bytes_are_thrown_away(gated: Cli, gate: Gate, name: str) -> None:
    file_id = gated.good("upload", "-q", gated.write(100, name)).out.strip()
    gate.plan(GET, flip=True)
    ran = gated.run("download", file_id, "-o", "copy")
    assert ran.code == 1
    assert "crc32 of what arrived is not the file's" in ran.err
    assert not list(gated.folder.glob("copy"))
    assert not list(gated.folder.glob(".fragua-*"))


def test_a_download_survives_a_store_in_trouble(gated: Cli, gate: Gate, name: str) -> None:
    file_id = gated.good("upload", "-q", gated.write(100, name)).out.strip()
    gate.plan(GET, cut_after=0)
    gate.plan(GET, status=403)
    gated.good("download", file_id, "-o", "copy")
    assert len(gate.lines(GET)) == 3


def test_a_disk_that_is_full_leaves_the_older_file_alone(cli: Cli, name: str) -> None:
    path = cli.write(4 * MIB + 100, name)
    file_id = cli.good("upload", "-q", path).out.strip()
    copy = cli.folder / "copy"
    copy.write_bytes(b"mine")
    with files_of_at_most(4 * MIB):
        ran = cli.run("download", file_id, "-o", copy, "--force")
    assert (ran.code, copy.read_bytes()) == (1, b"mine")
    cli.good("download", file_id, "-o", copy, "--force")
    assert copy.read_bytes() == path.read_bytes()


def test_an_interrupted_download_says_how_to_go_on(gated: Cli, gate: Gate, name: str) -> None:
    file_id = gated.good("upload", "-q", gated.write(100, name)).out.strip()
    gate.plan(GET, hold=True)
    with gated.start("download", file_id, "-o", "copy") as process:
        assert gate.held.acquire(timeout=PATIENCE)
        process.send_signal(signal.SIGINT)
        err = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130
    assert "run the same command again" in err


def test_what_was_removed_is_gone(cli: Cli, name: str) -> None:
    file_id = cli.good("upload", "-q", cli.write(10, name)).out.strip()
    cli.good("rm", file_id)
    ran = cli.run("download", file_id)
    assert ran.code == 1
    assert "not_found" in ran.err


def test_a_name_that_nobody_has_is_said_plainly(cli: Cli) -> None:
    ran = cli.run("download", "no such file")
    assert (ran.code, ran.err) == (1, "No file of yours is called no such file\n")
