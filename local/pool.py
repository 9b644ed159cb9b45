"""A pool of worker processes, shared by the threads of one process."""

import queue
import signal
import socket
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from local.channel import Channel, ChannelClosed
from local.plan import Function
from local.processes import kill_group
from local.worker import request


class InvocationError(Exception):
    """The invocation has no answer.

    ├─ HandlerRaised     the handler's own exception
    ├─ TimedOut          it outlived its timeout and was killed
    └─ WorkerDied        its process ended in the middle
    """


class HandlerRaised(InvocationError):
    """The handler raised; the text names the exception."""


class TimedOut(InvocationError):
    """The handler outlived its timeout; its process was killed."""


class WorkerDied(InvocationError):
    """The process ended before it answered."""


@dataclass(frozen=True)
class Worker:
    """A forked process, leader of a group of its own, and the channel to it."""

    pid: int
    channel: Channel

    def invoke(self, function: Function, event: object, timeout: float) -> Any:
        """Runs one invocation. After TimedOut or WorkerDied this worker is of no more use."""
        asked = request(function, event, str(uuid.uuid4()), timeout)
        try:
            self.channel.send(asked)
            answer = self.channel.receive(timeout)
        except TimeoutError:
            raise TimedOut(f"{function.id} was killed after {timeout:g} s") from None
        except ChannelClosed:
            raise WorkerDied(f"{function.id}: its process ended in the middle") from None
        if "error" in answer:
            error = answer["error"]
            raise HandlerRaised(f"{function.id}: {error['errorType']}: {error['errorMessage']}")
        return answer["result"]

    def kill(self) -> None:
        """Ends the process and what its handler started."""
        kill_group(self.pid, signal.SIGKILL)
        self.channel.close()


class Invoker(Protocol):
    """Whoever runs functions: a pool, or what stands for it in a test."""

    def invoke(self, function: Function, event: object, timeout: float) -> Any:
        """The function's answer after at most `timeout` seconds. Raises InvocationError."""


class Pool:
    """At most `size` workers, made by `fork` when first needed and replaced when they end."""

    def __init__(self, fork: Callable[[], Worker], size: int) -> None:
        self._fork = fork
        self.size = size
        # Last in, first out: few workers stay warm under light load, as in Lambda.
        self._slots: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._slots.put(None)

    def warm(self) -> None:
        """Forks all workers, so that no request waits for it."""
        slots = [self._slots.get() for _ in range(self.size)]
        for worker in slots:
            self._slots.put(worker or self._fork())

    def invoke(self, function: Function, event: object, timeout: float) -> Any:
        """Runs one invocation on a free worker, waiting for one. Raises InvocationError."""
        worker = self._slots.get()
        try:
            # An idle worker that somebody killed would fail a request that isn't to blame.
            if worker is None or worker.channel.is_closed():
                worker = self._fork()
            return worker.invoke(function, event, timeout)
        except HandlerRaised:
            # The process answered in order, so it serves the next one, as a Lambda sandbox does.
            raise
        except BaseException:
            if worker is not None:
                worker.kill()
                worker = None
            raise
        finally:
            self._slots.put(worker)

    def close(self) -> None:
        """Lets all idle workers end by themselves."""
        with suppress(queue.Empty):
            while True:
                worker = self._slots.get_nowait()
                if worker:
                    worker.channel.close()


class ForkClient:
    """Asks the zygote for workers; its own process has threads and must not fork."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._lock = threading.Lock()

    def fork(self) -> Worker:
        """A new worker. Raises WorkerDied when the zygote is gone."""
        with self._lock:
            try:
                self._control.sendall(b"f")
                message, descriptors, _, _ = socket.recv_fds(self._control, 32, 1)
            except OSError as error:
                raise WorkerDied("the stack is ending") from error
        if not descriptors:
            raise WorkerDied("the stack is ending")
        return Worker(int(message), Channel(socket.socket(fileno=descriptors[0])))
