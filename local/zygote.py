"""One generation of the project's code: imports all handlers once, then forks whatever runs them.

This process has no threads and opens no connections, so that a fork of it is always clean. It
forks the HTTP server, the background (queues, schedules) and, whenever one of them asks, a worker.
It is told what to do over a channel by `local.generation`; when that ends, everything here ends.
"""

import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from pydantic import TypeAdapter

from local import background, http_server, worker
from local.channel import Channel, ChannelClosed
from local.errors import one_line
from local.plan import Plan
from local.pool import ForkClient, InvocationError, Pool, Worker
from local.processes import on_end_of
from local.worker import Handler

_PLAN = TypeAdapter(Plan)


class HandlerMissing(Exception):
    """A function's code can't be imported; the text says which and why."""


class Zygote:
    """The forking process and what it has to close in its children."""

    def __init__(self, channel: Channel, listener: socket.socket) -> None:
        self._channel = channel
        self._listener = listener
        self._lifeline, self._lifeline_end = os.pipe()
        self._controls: dict[socket.socket, int] = {}
        self._handlers: dict[str, Handler] = {}
        self._plan: Plan | None = None
        self._draining = False

    def run(self) -> None:
        """Follows the channel's messages until it ends."""
        while True:
            ready, _, _ = select.select([self._channel.socket, *self._controls], [], [])
            self._reap()
            for end in ready:
                if end is self._channel.socket:
                    self._obey(self._channel.receive())
                else:
                    self._serve_control(end)

    def _obey(self, message: dict[str, Any]) -> None:
        commands: dict[str, Callable[[Any], None]] = {
            "preload": self._preload,
            "load": self._load,
            "environment": os.environ.update,
            "invoke": self._invoke,
            "serve": self._serve,
            "drain": self._drain,
        }
        for word, value in message.items():
            commands[word](value)

    def _preload(self, value: Mapping[str, Any]) -> None:
        """Imports what it can; whatever fails will fail again, and be told, when it is loaded."""
        _add_paths(value["paths"])
        for module in value["modules"]:
            with suppress(Exception):
                import_module(module)

    def _load(self, value: Mapping[str, Any]) -> None:
        """Imports the handlers of the plan; answers what is wrong with the first broken one."""
        self._plan = _PLAN.validate_python(value["plan"])
        _add_paths(value["paths"])
        try:
            self._handlers = {
                function.id: import_handler(function.id, function.handler)
                for function in self._plan.functions.values()
            }
        except HandlerMissing as error:
            self._channel.send({"error": str(error)})
            return
        # What is frozen isn't looked at by the collector, so its pages stay shared after a fork.
        gc.freeze()
        self._channel.send({"loaded": len(self._handlers)})

    def _invoke(self, value: Mapping[str, Any]) -> None:
        """One invocation by hand, in a worker of its own."""
        assert self._plan is not None
        function = self._plan.functions[value["function"]]
        pool = Pool(self._fork_worker, 1)
        try:
            self._channel.send({"result": pool.invoke(function, value["event"], function.timeout)})
        except InvocationError as error:
            self._channel.send({"error": str(error)})
        pool.close()

    def _serve(self, size: int) -> None:
        """Forks the HTTP server, with `size` workers, and the background."""
        assert self._plan is not None
        plan = self._plan

        def serve_http(control: socket.socket) -> None:
            pool = Pool(ForkClient(control).fork, size)
            http_server.serve(self._listener, plan, pool, lambda: control.sendall(b"r"))

        def serve_background(control: socket.socket) -> None:
            self._listener.close()
            pool = Pool(ForkClient(control).fork, background.size(plan))
            background.serve(plan, pool, os.environ["AWS_ENDPOINT_URL"])

        # The socket stays the supervisor's: what isn't accepted waits for the next generation.
        self._fork_child(serve_http)
        if background.size(plan):
            self._fork_child(serve_background)
        self._listener.close()

    def _drain(self, _: object) -> None:
        """Lets both children finish what they have in hand."""
        self._draining = True
        if not self._controls:
            os._exit(0)
        for pid in self._controls.values():
            os.kill(pid, signal.SIGTERM)

    def _serve_control(self, control: socket.socket) -> None:
        word = control.recv(1)
        if word == b"f":
            made = self._fork_worker()
            with suppress(OSError):
                socket.send_fds(control, [str(made.pid).encode()], [made.channel.socket.fileno()])
            made.channel.close()
        elif word == b"r":
            self._channel.send({"serving": True})
        else:
            del self._controls[control]
            control.close()
            if not self._draining:
                # One child without the other is no stack: the supervisor starts anew.
                os._exit(1)
            if not self._controls:
                # The workers end by themselves now that nobody can ask them.
                self._reap(wait=True)
                os._exit(0)

    def _fork_worker(self) -> Worker:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            _in_child(lambda: self._become_worker(ours, theirs))
        # Both sides do it, so that neither has to wait for the other before it kills the group.
        with suppress(OSError):
            os.setpgid(pid, pid)
        theirs.close()
        return Worker(pid, Channel(ours))

    def _become_worker(self, ours: socket.socket, theirs: socket.socket) -> None:
        # A group of its own, so that a kill reaches what the handler started as well.
        os.setpgid(0, 0)
        ours.close()
        self._close_own()
        self._listener.close()
        worker.run(theirs, self._lifeline, self._handlers)

    def _fork_child(self, serve: Callable[[socket.socket], None]) -> None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._close_own()
            _in_child(lambda: self._become_child(theirs, serve))
        theirs.close()
        self._controls[ours] = pid

    def _become_child(self, control: socket.socket, serve: Callable[[socket.socket], None]) -> None:
        on_end_of(self._lifeline, lambda: os._exit(0))
        serve(control)

    def _close_own(self) -> None:
        os.close(self._lifeline_end)
        self._channel.close()
        for control in self._controls:
            control.close()

    def _reap(self, *, wait: bool = False) -> None:
        with suppress(ChildProcessError):
            while os.waitpid(-1, 0 if wait else os.WNOHANG)[0]:
                pass


def _in_child(action: Callable[[], None]) -> None:
    """Runs `action` in a forked process, which never returns into the zygote's own code."""
    try:
        action()
    except BaseException:  # noqa: BLE001 - it ends here, and says why
        traceback.print_exc()
        os._exit(1)
    finally:
        sys.stderr.flush()
        os._exit(0)


def _add_paths(paths: Sequence[str]) -> None:
    sys.path[:0] = [path for path in paths if path not in sys.path]


def import_handler(function: str, path: str) -> Handler:
    """The callable at `module.attribute`. Raises HandlerMissing with one line that says why."""
    module, _, attribute = path.rpartition(".")
    try:
        found = getattr(import_module(module), attribute)
    except BaseException as error:  # noqa: BLE001 - the project's code may fail as it likes
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise HandlerMissing(
            f"{function}: {path} can't be imported: {type(error).__name__}: {one_line(error)}"
            f" ({where.filename}:{where.lineno})"
        ) from None
    handler: Handler = found
    return handler


def main() -> None:
    """`python -m local.zygote CHANNEL LISTENER`: two inherited descriptors."""
    channel, listener = (socket.socket(fileno=int(number)) for number in sys.argv[1:])
    # The end of the channel is the end of the supervisor, whatever it died of.
    with suppress(ChannelClosed):
        Zygote(Channel(channel), listener).run()


if __name__ == "__main__":
    main()
