"""`fragua upload` when all goes well, or the file is at fault."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import pytest

from tests.e2e.client.conftest import MIB, SMALL, Cli


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_goes_up_comes_down(cli: Cli) -> None:
    path = cli.write(11 * MIB + 5)
    said = cli.good("upload", path, *SMALL, "--json").json()
    assert (said["size"], said["fragments"], said["sent"]) == (11 * MIB + 5, 3, 3)
    assert said["crc32"] == f"{zlib.crc32(path.read_bytes()):08x}"
    assert said["sha256"] == sha256(path)
    back = cli.folder / "back"
    assert sha256(path) in cli.good("download", said["file_id"], "-o", back).out
    assert back.read_bytes() == path.read_bytes()


def test_a_person_is_told_id_and_checksums(cli: Cli) -> None:
    path = cli.write(100, "note.txt")
    out = cli.good("upload", path).out
    assert "note.txt is ready" in out
    assert sha256(path) in out


def test_progress_is_plain_lines_where_nobody_watches(cli: Cli) -> None:
    ran = cli.good("upload", cli.write(11 * MIB), *SMALL)
    assert "100 %" in ran.err
    assert "\x1b" not in ran.err + ran.out


def test_quiet_prints_the_file_id_alone(cli: Cli) -> None:
    ran = cli.good("upload", "-q", cli.write(10))
    assert len(ran.out.split()) == 1
    assert ran.err == ""


def test_an_empty_file_is_a_file(cli: Cli) -> None:
    said = cli.good("upload", cli.write(0, "empty"), "--json").json()
    assert (said["size"], said["fragments"], said["crc32"]) == (0, 0, "00000000")


def test_nothing_is_remembered_of_an_upload_that_is_done(cli: Cli) -> None:
    cli.good("upload", cli.write(10))
    assert cli.journal == []


def test_the_server_verifies_a_sha256_when_asked_to(cli: Cli) -> None:
    said = cli.good("upload", cli.write(10), "--sha256", "--json").json()
    listed = cli.good("ls", "--json").out
    assert said["file_id"] in listed


def test_the_content_type_is_guessed_or_given(cli: Cli) -> None:
    cli.good("upload", cli.write(3, "guessed.txt"))
    cli.good("upload", cli.write(3, "given.txt"), "--content-type", "text/x-given")
    listed = cli.good("ls", "--name", "g").out
    assert "text/plain" in listed
    assert "text/x-given" in listed


def test_one_file_that_fails_does_not_stop_the_others(cli: Cli) -> None:
    good, other = cli.write(10, "good.bin"), cli.write(20, "other.bin")
    ran = cli.run("upload", good, cli.folder / "absent.bin", other)
    assert ran.code == 1
    assert "good.bin is ready" in ran.out
    assert "other.bin is ready" in ran.out
    assert "absent.bin: No such file" in ran.err
    assert "1 of 3 files failed" in ran.err


def test_one_that_the_server_refuses_does_not_stop_the_others(cli: Cli) -> None:
    good, huge = cli.write(10, "good.bin"), cli.folder / "huge.bin"
    with huge.open("wb") as file:
        # More than the plan allows, and no byte on the disk.
        file.truncate(6 * 2**30)
    ran = cli.run("upload", huge, good)
    assert ran.code == 1
    assert "good.bin is ready" in ran.out
    assert "file_too_large" in ran.err
    assert "request " in ran.err


@pytest.mark.parametrize("name", ["back\\slash", "line\nbreak", "x" * 250 + "é" * 2])
def test_a_name_is_judged_before_anything_is_sent(cli: Cli, name: str) -> None:
    try:
        path = cli.write(1, name)
    except OSError:
        pytest.skip("this system has no such names")
    ran = cli.run("upload", path)
    good = len(name) <= 255 and not set(name) & {"\\", "\n"}
    assert ran.code == (0 if good else 1)
    assert good or "which Fragua does not take" in ran.err


def test_a_folder_is_no_file(cli: Cli) -> None:
    ran = cli.run("upload", cli.folder)
    assert ran.code == 1
    assert "Not a regular file" in ran.err


def test_a_wrong_fragment_size_is_explained_by_the_server(cli: Cli) -> None:
    ran = cli.run("upload", cli.write(10), "--fragment-size", "1KiB")
    assert ran.code == 1
    assert "/files/0/fragment_size: " in ran.err
