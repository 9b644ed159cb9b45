"""Children of the stack: own process groups, tied to their parent by a pipe."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local.account import clean_environment

_ROOT = Path(__file__).resolve().parent.parent


def spawn_module(
    module: str,
    *arguments: str,
    stdin: int | None = subprocess.PIPE,
    stdout: int | None = None,
    stderr: int | None = None,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[str]:
    """Starts `python -m module` in a session of its own, so that Ctrl-C reaches the parent only.

    Its output goes to this process's stderr unless told otherwise.
    """
    inherited = dict(environment if environment is not None else clean_environment())
    paths = filter(None, (str(_ROOT), inherited.get("PYTHONPATH")))
    # Found from any folder, not just from the root, where `python -m local` was called.
    inherited["PYTHONPATH"] = os.pathsep.join(paths)
    # macOS ends a forked process that touches the system's proxies, unless told not to.
    inherited["OBJC_DISABLE_INITIALIZE_FORK_SAFETY"] = "YES"
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=stdin,
        stdout=stdout if stdout is not None else sys.stderr.fileno(),
        stderr=stderr,
        env=inherited,
        pass_fds=pass_fds,
        start_new_session=True,
        text=True,
    )


def on_end_of(descriptor: int, action: Callable[[], object]) -> None:
    """Calls `action` from a thread when the other end of the pipe at `descriptor` is gone."""

    def watch() -> None:
        with suppress(OSError):
            while os.read(descriptor, 1):
                pass
        action()

    threading.Thread(target=watch, daemon=True, name="lifeline").start()


def kill_group(group: int, number: int = signal.SIGKILL) -> bool:
    """Signals a whole process group; False when nothing of it is left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers EPERM for a group of zombies.
        return False
    return True


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def json_line(message: object) -> str:
    """`message` as one line, for the pipes between these processes."""
    return json.dumps(message) + "\n"
