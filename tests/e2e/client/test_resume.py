"""An upload goes on where it was: after SIGKILL, Ctrl-C, an end at the server, a changed file."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.client.conftest import MIB, SMALL, Cli
from tests.e2e.support.gate import PATIENCE, Gate
from tests.e2e.support.people import Person

PUT = r"PUT /store/.*partNumber="


def interrupted(cli: Cli, gate: Gate, path: Path, by: signal.Signals) -> subprocess.Popen[str]:
    """Upload until two fragments have arrived and another is on its way, then send the signal."""
    gate.plan(PUT, times=100, skip=2, hold=True)
    process = cli.start("upload", path, *SMALL, "--parallel", "1")
    assert gate.held.acquire(timeout=PATIENCE)
    process.send_signal(by)
    process.wait(PATIENCE)
    gate.clear()
    return process


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    with process:
        return process.returncode, process.communicate()[1]


def sent_numbers(gate: Gate) -> list[str]:
    return [re.findall(r"partNumber=(\d+)", line)[0] for line in gate.lines(PUT)]


def test_after_a_kill_only_what_is_missing_is_sent(gated: Cli, gate: Gate) -> None:
    path = gated.write(22 * MIB)
    end(interrupted(gated, gate, path, signal.SIGKILL))
    ran = gated.good("upload", path, *SMALL, "--json")
    said = ran.json()
    assert (said["already"], said["sent"]) == (2, 3)
    # The third one was held and died with the process.
    assert sorted(sent_numbers(gate)) == ["1", "2", "3", "3", "4", "5"]
    assert "2 of 5 fragments" in ran.err
    assert gated.journal == []


@pytest.mark.parametrize(("by", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_ends_at_once_and_says_how_to_resume(
    gated: Cli, gate: Gate, by: signal.Signals, code: int
) -> None:
    path = gated.write(16 * MIB)
    ended, said = end(interrupted(gated, gate, path, by))
    assert ended == code
    assert "run the same command again" in said
    assert "Traceback" not in said
    assert gated.good("upload", path, *SMALL, "--json").json()["already"] == 2


def test_an_upload_that_was_aborted_meanwhile_starts_anew(gated: Cli, gate: Gate) -> None:
    path = gated.write(16 * MIB)
    end(interrupted(gated, gate, path, signal.SIGKILL))
    (upload,) = re.findall(r"uploadId=([^&]+)", gate.lines(PUT)[0])
    assert upload
    listed = gated.good("ls", "--uploads").out
    newest = listed.split()[0]
    gated.good("abort", newest)
    ran = gated.good("upload", path, *SMALL, "--json")
    assert "starting anew" in ran.err
    assert ran.json()["sent"] == 4


def test_a_changed_file_starts_anew_and_the_old_upload_is_aborted(
    gated: Cli, gate: Gate, carla: Person
) -> None:
    path = gated.write(16 * MIB)
    end(interrupted(gated, gate, path, signal.SIGKILL))
    old = gated.good("ls", "--uploads").out.split()[0]
    path.write_bytes(b"other bytes")
    ran = gated.good("upload", path, *SMALL, "--json")
    assert "changed since it was interrupted" in ran.err
    assert ran.json()["size"] == 11
    assert carla.http.get(f"/v1/uploads/{old}").json()["status"] == "aborted"


@pytest.mark.parametrize("size", [11, 11 * MIB], ids=["shorter", "as long"])
def test_a_file_changed_while_it_is_sent_is_begun_again(gated: Cli, gate: Gate, size: int) -> None:
    path = gated.write(11 * MIB)
    gate.plan(PUT, times=100, skip=2, hold=True)
    with gated.start("upload", path, *SMALL, "--parallel", "1", "--json") as process:
        assert gate.held.acquire(timeout=PATIENCE)
        path.write_bytes(b"o" * size)
        gate.clear()
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert "changed while it was being sent; starting anew" in err
    assert f'"size": {size},' in out


def test_an_upload_that_is_aborted_while_it_is_sent_is_begun_again(
    gated: Cli, gate: Gate, carla: Person
) -> None:
    path = gated.write(11 * MIB)
    gate.plan(PUT, times=100, skip=1, hold=True)
    with gated.start("upload", path, *SMALL, "--parallel", "1", "--json") as process:
        assert gate.held.acquire(timeout=PATIENCE)
        begun = gated.good("ls", "--uploads").out.split()[0]
        assert carla.http.delete(f"/v1/uploads/{begun}").status_code == 204
        gate.clear()
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert "its upload was meanwhile aborted; starting anew" in err
    assert '"fragments": 3' in out


def test_what_the_store_lost_is_sent_again(gated: Cli, gate: Gate) -> None:
    """The store says 200 and has nothing: `complete` tells what is missing."""
    gate.plan(PUT, status=200)
    said = gated.good("upload", gated.write(11 * MIB), *SMALL, "--json").json()
    assert said["sent"] == 4


def test_two_at_once_do_not_send_the_same_file(gated: Cli, gate: Gate) -> None:
    path = gated.write(11 * MIB)
    gate.plan(PUT, times=100, hold=True)
    with gated.start("upload", path, *SMALL) as first:
        assert gate.held.acquire(timeout=PATIENCE)
        second = gated.run("upload", path, *SMALL)
        first.kill()
    assert second.code == 1
    assert "Another fragua is uploading" in second.err


def keys(gate: Gate) -> list[str | None]:
    return [seen.key for seen in gate.seen if seen.line == "POST /v1/uploads"]


def test_an_answer_lost_at_the_beginning_does_not_double(gated: Cli, gate: Gate) -> None:
    """The same key is sent again; that the server honours it is the server's test."""
    gate.plan(r"POST /v1/uploads$", lose_answer=True)
    gated.good("upload", gated.write(10))
    first, second = keys(gate)
    assert first
    assert first == second


def test_a_kill_before_the_answer_leaves_the_key(gated: Cli, gate: Gate) -> None:
    path = gated.write(10)
    gate.plan(r"POST /v1/uploads$", hold=True)
    with gated.start("upload", path) as process:
        assert gate.held.acquire(timeout=PATIENCE)
        process.kill()
    gated.good("upload", path)
    first, second = keys(gate)
    assert first
    assert first == second


def test_a_relayed_upload_goes_on_too(gated: Cli, gate: Gate) -> None:
    path, put = gated.write(30), r"PUT /v1/uploads/[^/]+/fragments/"
    command = ("upload", path, "--mode", "relay", "--fragment-size", "4", "--parallel", "1")
    gate.plan(put, times=100, skip=5, hold=True)
    with gated.start(*command) as process:
        assert gate.held.acquire(timeout=PATIENCE)
        process.kill()
    gate.clear()
    said = gated.good(*command, "--json").json()
    assert (said["already"], said["sent"]) == (5, 3)
    gated.good("download", said["file_id"], "-o", "copy")
    assert (gated.folder / "copy").read_bytes() == path.read_bytes()
