"""The README's commands, typed one after the other, on a stack of their own."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.support.stack import ROOT, SUPERADMIN_EMAIL, SUPERADMIN_PASSWORD, LocalStack

# What `fragua register` asks for; the password comes from the environment.
ANSWERS = b"grace@example.com\nGrace\nHopper\n"
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of a stack whose plans the README may change."""
    stack = LocalStack(tmp_path / "stderr")
    stack.start()
    try:
        yield stack.ready()
    finally:
        stack.stop()


def commands(url: str) -> str:
    """Whatever the README says in blocks of shell, for this stack and a smaller file."""
    here = {
        "http://127.0.0.1:8000": url,
        "100000000": "20000000",
        "admin@example.com": SUPERADMIN_EMAIL,
        ".venv/bin/": f"{Path(sys.executable).parent}/",
    }
    script = "".join(
        re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    )
    for written, meant in here.items():
        assert written in script
        script = script.replace(written, meant)
    return script


def test_its_commands_do_what_it_says(url: str, tmp_path: Path) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, ANSWERS)
    mine = {
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "FRAGUA_PASSWORD": "correct horse",
        "PASSWORD": SUPERADMIN_PASSWORD,
    }
    typed = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands(url)],
        cwd=tmp_path,
        env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        | mine,
        stdin=terminal,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(keyboard)
    os.close(terminal)
    said = typed.stdout
    assert typed.returncode == 0, said + typed.stderr
    sums = {
        name: digest for digest, name in re.findall(r"^(\w{64}) (\w+)\.bin$", said, re.MULTILINE)
    }
    assert sums["big"] == sums["back"]
    assert (tmp_path / "back.bin").read_bytes() == (tmp_path / "big.bin").read_bytes()
    link = re.search(rf"{url}/l/\w+", said)
    assert link
    shared = httpx.get(link[0], follow_redirects=True)
    assert shared.content == (tmp_path / "picture.jpg").read_bytes()
    assert re.search(
        r'"position":1,"user_id":"[0-9a-f-]+","name":"Ada Lovelace","city":null,"votes":1', said
    )
    (watched,) = re.findall(r"^(http://.*/video\.mp4\?.*)$", said, re.MULTILINE)
    assert httpx.get(watched, headers={"range": "bytes=4-7"}).content == b"ftyp"
