"""However the stack ends, nothing of it stays; where it can't start, it says why in one line."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from local.launch import Launched, launched, start
from tests.local.conftest import SAMPLE, gone, sleeper, until

TEMPLATE = ("--template", str(SAMPLE / "template.yaml"))

STOPPED_IN_EXEC = """
import signal, sys, threading
from contextlib import suppress
from local import supervisor

signal.signal(signal.SIGINT, lambda *_: supervisor._stop(threading.Event()))
with suppress(KeyboardInterrupt):
    exec("signal.raise_signal(signal.SIGINT)")
sys.exit(0)
"""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files that PostgreSQL's account may pass."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(stat.S_IRWXU | stat.S_IXGRP | stat.S_IXOTH)
        yield Path(folder)


def family(stack: Launched) -> list[psutil.Process]:
    """The stack's process and all that came from it."""
    parent = psutil.Process(stack.process.pid)
    return [parent, *parent.children(recursive=True)]


def refuses(url: str) -> bool:
    """Whether nobody listens at the URL's port."""
    target = httpx.URL(url)
    with socket.socket() as probe:
        return probe.connect_ex((target.host, target.port or 0)) != 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_behind(sample: Launched, temporary: Path, number: signal.Signals) -> None:
    environment = {"TMPDIR": str(temporary)}
    if number == signal.SIGTERM:
        # One of the three is given a database, and must then start none.
        environment["DATABASE_URL"] = sample.database_url
    with launched(*TEMPLATE, environment=environment) as stack:
        # Another stack, `sample`, runs beside this one all the time.
        assert httpx.get(f"{sample.address}/things/1").status_code == 200
        processes = family(stack)
        assert len(processes) > 10
        servers = [one for one in processes if one.name() == "postgres"]
        assert bool(servers) == (number != signal.SIGTERM)
        processes.append(sleeper(stack))
        stack.process.send_signal(number)
        assert stack.process.wait(20) == (-number if number == signal.SIGKILL else 0)
        until(lambda: gone(processes))
        until(lambda: not list(temporary.iterdir()))
        own = stack.database_url != sample.database_url
        for url in (stack.address, stack.endpoint, *([stack.database_url] if own else ())):
            assert refuses(url)
    assert httpx.get(f"{sample.address}/things/1").status_code == 200


def test_a_stack_that_is_stopped_while_it_starts_leaves_nothing(temporary: Path) -> None:
    process = start(*TEMPLATE, environment={"TMPDIR": str(temporary)}, stderr=subprocess.PIPE)
    until(lambda: list(temporary.glob("fragua-*/postgres")))
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0
    until(lambda: gone(children))
    assert not list(temporary.iterdir())


def test_a_stack_that_is_stopped_while_a_dataclass_is_made_ends_in_order(tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(STOPPED_IN_EXEC)
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}
    done = subprocess.run([sys.executable, "-m", "made"], env=environment, check=False)
    assert done.returncode == 0


def refusal(*arguments: str, **environment: str) -> str:
    """What the stack says when it doesn't start."""
    process = start(*arguments, environment=environment, stderr=subprocess.PIPE)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (1, "")
    assert errors.startswith("local: ")
    assert errors.count("\n") == 1
    return errors


def test_a_busy_port_is_one_line(sample: Launched) -> None:
    port = sample.address.rpartition(":")[2]
    assert refusal(*TEMPLATE, "--port", port) == (
        f"local: 127.0.0.1:{port} can't be used: Address already in use\n"
    )


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_WRITER_URL", "DATABASE_READER_URL"])
def test_an_unusable_database_is_one_line(sample: Launched, name: str) -> None:
    url = "postgresql+psycopg2://user:secret@127.0.0.1:1/none"
    message = refusal(*TEMPLATE, **{"DATABASE_URL": sample.database_url, name: url})
    assert f"{name} can't be used" in message
    assert "secret" not in message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Resources:", "Resources: [", "template.yaml can't be read"),
        ("things.echo.handler", "things.gone.handler", "No module named 'things.gone'"),
    ],
)
def test_a_broken_template_is_one_line(copied: Path, old: str, new: str, said: str) -> None:
    copied.write_text(copied.read_text().replace(old, new))
    assert said in refusal("--template", str(copied))


@pytest.mark.parametrize("scale", ["0", "-1", "fast", "nan"])
def test_an_impossible_time_scale_is_one_line(scale: str) -> None:
    assert "FRAGUA_TIME_SCALE" in refusal(*TEMPLATE, FRAGUA_TIME_SCALE=scale)


def test_half_an_account_is_one_line() -> None:
    environment = {**os.environ, "FRAGUA_SUPERADMIN_EMAIL": "a@example.com"}
    environment.pop("FRAGUA_SUPERADMIN_PASSWORD", None)
    assert "FRAGUA_SUPERADMIN_PASSWORD" in refusal(*TEMPLATE, **environment)
