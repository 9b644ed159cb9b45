"""Handlers in processes of their own, to be killed: forked from one that has imported it all.

with Workers(environment) as workers:
    worker = workers.start("uploads.assemble", event, environment)
    worker.kill()
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Self

from tests.support.events import Context
from tests.support.permissions import Recorder

ROOT = Path(__file__).parents[2]
_PATH = os.pathsep.join(str(ROOT / name) for name in ("functions", "shared_package", "."))
_SERVICES = ("dynamodb", "s3", "sqs", "secretsmanager")
_PATIENCE = 50.0


@dataclass
class Outcome:
    """What a worker said before it ended: the handler's answer and its time in seconds."""

    answer: Any
    seconds: float
    error: str = ""


# Seconds: the gateway's 30, less one.
IN_TIME = 29.0


def assert_unavailable(outcome: Outcome) -> None:
    """Somebody who depends on what is down is told so in time, and when to come again."""
    assert not outcome.error, outcome.error
    assert outcome.seconds < IN_TIME
    assert outcome.answer["statusCode"] == 503, outcome.answer
    assert outcome.answer["headers"]["content-type"] == "application/problem+json"
    assert int(outcome.answer["headers"]["retry-after"]) > 0


@dataclass
class Worker:
    """A process that runs a handler on one event."""

    pid: int
    _pipe: int

    def kill(self) -> None:
        """End it by SIGKILL, and see that it has ended."""
        os.kill(self.pid, signal.SIGKILL)
        assert self.outcome() is None, "it had ended before it was killed"

    def outcome(self) -> Outcome | None:
        """Wait for its end; None when it was killed before it could say something."""
        said, deadline = b"", time.monotonic() + _PATIENCE
        while select.select([self._pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            piece = os.read(self._pipe, 65536)
            if not piece:
                os.close(self._pipe)
                return Outcome(**json.loads(said)) if said else None
            said += piece
        self.abandon()
        raise AssertionError(f"a worker did not end within {_PATIENCE} s")

    def answer(self) -> Any:
        """Wait for its end and return what the handler answered; it must have."""
        outcome = self.outcome()
        assert outcome is not None, "the worker died"
        assert not outcome.error, outcome.error
        return outcome.answer

    def abandon(self) -> None:
        """End it, whatever it does."""
        os.kill(self.pid, signal.SIGKILL)
        os.close(self._pipe)


class Workers:
    """The parent of the workers; `environment` is one to import the handlers with.

    What they asked AWS for is told to the `recorder` at the end.
    """

    def __init__(self, environment: dict[str, str], recorder: Recorder) -> None:
        self._recorder = recorder
        self._calls = NamedTemporaryFile()  # noqa: SIM115 - open as long as this is
        self._socket, theirs = socket.socketpair()
        with theirs:
            files = [theirs.fileno(), self._calls.fileno()]
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.workers", *map(str, files)],
                pass_fds=files,
                cwd=ROOT,
                env={**os.environ, **environment, "PYTHONPATH": _PATH},
                stdout=subprocess.DEVNULL,
            )

    def start(self, module: str, event: dict[str, Any], environment: dict[str, str]) -> Worker:
        """Run `module.handler(event)` in a process with that environment added to this one's."""
        mine, theirs = os.pipe()
        job = {"module": module, "event": event, "environment": {**os.environ, **environment}}
        socket.send_fds(self._socket, [json.dumps(job).encode() + b"\n"], [theirs])
        os.close(theirs)
        return Worker(int.from_bytes(os.read(mine, 4)), mine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Its end of the socket says that there is nothing more to do.
        self._socket.close()
        self._process.wait(10)
        with self._calls:
            self._recorder.read(Path(self._calls.name))


def _main(jobs: socket.socket, calls: int) -> None:
    """Fork for each job until the other end is closed."""
    # Nobody waits for the children: the kernel forgets them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _import_all()
    while True:
        text, pipes, _, _ = socket.recv_fds(jobs, 1 << 20, 1)
        if not text:
            return
        while not text.endswith(b"\n"):
            text += jobs.recv(1 << 20)
        if os.fork() == 0:
            jobs.close()
            _work(json.loads(text), pipes[0], calls)
        os.close(pipes[0])


def _import_all() -> None:
    from fragua import aws

    for path in sorted((ROOT / "functions").glob("*/*.py")):
        importlib.import_module(f"{path.parent.name}.{path.stem}")
    for service in _SERVICES:
        # What the SDK loads for a service stays with its session.
        aws.session().create_client(service)


def _work(job: dict[str, Any], pipe: int, calls: int) -> None:
    from fragua import aws

    os.write(pipe, os.getpid().to_bytes(4))
    # A job that has children of its own wants to know how they end.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(job["environment"])
    # A module of the tests plays somebody else.
    is_function = not job["module"].startswith("tests.")
    recorder = Recorder(job["module"] if is_function else None, into=calls)
    aws.session().register("provide-client-params.*.*", recorder.note)
    begin = time.monotonic()
    answer, error = None, ""
    try:
        answer = importlib.import_module(job["module"]).handler(job["event"], Context())
        recorder.note_answer(answer)
    except BaseException:  # noqa: BLE001 - whatever it is, the test reads it
        error = traceback.format_exc()
    said = {"answer": answer, "seconds": time.monotonic() - begin, "error": error}
    with os.fdopen(pipe, "w") as out:
        json.dump(said, out)
    os._exit(0)


if __name__ == "__main__":
    _main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
