"""The supervisor's side of one generation: start, prepare, serve, drain."""

import dataclasses
import socket
import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.account import clean_environment
from local.channel import Channel, ChannelClosed
from local.errors import StackError
from local.janitor import Janitor
from local.plan import GATEWAY_TIMEOUT
from local.processes import kill_group, spawn_module

if TYPE_CHECKING:
    from local.deployment import Deployment

_PATIENCE = 60.0
# A request in hand may take this long, and its worker a moment to end.
_LONGEST = GATEWAY_TIMEOUT + 5


class Generation:
    """A zygote and its children; it is replaced as a whole, never changed."""

    def __init__(
        self, listener: socket.socket, janitor: Janitor, temporary: Path, output: int
    ) -> None:
        ours, theirs = socket.socketpair()
        self._janitor = janitor
        self._serving = False
        self._channel = Channel(ours)
        self._process = _spawn(theirs, listener, temporary, output)
        janitor.owns_group(self._process.pid)
        theirs.close()

    def preload(self, modules: Iterable[str], paths: Iterable[Path]) -> None:
        """Begins to import `modules` from `paths`; what goes wrong is told by `prepare`."""
        self._channel.send({"preload": {"modules": list(modules), "paths": _existing(paths)}})

    def prepare(self, deployment: "Deployment", paths: Iterable[Path]) -> None:
        """Imports all handlers, from `paths`. Raises StackError naming the one that can't be."""
        plan = dataclasses.asdict(deployment.plan)
        self._ask({"load": {"plan": plan, "paths": _existing(paths)}})
        self._channel.send({"environment": deployment.environment})

    def invoke(self, function: str, event: object) -> Any:
        """Invokes one function by hand. Raises StackError when it fails."""
        return self._ask({"invoke": {"function": function, "event": event}}, None).get("result")

    def serve(self, workers: int) -> None:
        """Returns once HTTP requests are accepted, and queues polled."""
        self._ask({"serve": workers})
        self._serving = True

    def alive(self) -> bool:
        """Whether it still runs, as it should until it is drained."""
        return self._process.poll() is None

    def retire(self) -> None:
        """Lets it finish what it has in hand, in the background, and ends it."""
        threading.Thread(target=self.stop, args=(_LONGEST,), daemon=True).start()

    def stop(self, patience: float = 0) -> None:
        """Ends it, after at most `patience` seconds for what it has in hand."""
        try:
            if self._serving:
                self._channel.send({"drain": True})
                self._process.wait(patience)
        except (ChannelClosed, subprocess.TimeoutExpired):
            pass
        # Nobody of the generation outlives its channel; the kill is for those who don't look.
        self._channel.close()
        kill_group(self._process.pid)
        self._process.wait()
        self._janitor.forgets_group(self._process.pid)

    def _ask(self, message: dict[str, Any], timeout: float | None = _PATIENCE) -> dict[str, Any]:
        try:
            self._channel.send(message)
            answer: dict[str, Any] = self._channel.receive(timeout)
        except (ChannelClosed, TimeoutError):
            raise StackError("the code's process ended; its messages stand above") from None
        if "error" in answer:
            raise StackError(answer["error"])
        return answer


def _existing(paths: Iterable[Path]) -> list[str]:
    return [str(path) for path in paths if path.is_dir()]


def _spawn(
    channel: socket.socket, listener: socket.socket, temporary: Path, output: int
) -> "subprocess.Popen[str]":
    descriptors = (channel.fileno(), listener.fileno())
    return spawn_module(
        "local.zygote",
        *map(str, descriptors),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        environment={**clean_environment(), "TMPDIR": str(temporary)},
        pass_fds=descriptors,
    )
