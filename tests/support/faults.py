"""Faults on purpose: proxies on loopback between the code and its dependencies.

    faults = Faults({"S3 CompleteMultipartUpload": Fault(Act.FREEZE_AFTER)})
    http.faults = faults        # an HttpProxy; SqlProxy likewise

A request is recognised by its step: `S3 HeadObject`, `DynamoDB UpdateItem`, `SQL COMMIT`. The
second one of its kind is `DynamoDB UpdateItem 2`. What no fault was planned for passes.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto

ALWAYS = 1_000_000
# Seconds: nothing here waits longer, so that a broken test fails instead of hanging.
PATIENCE = 45


class Act(Enum):
    """What a proxy does with a request."""

    PASS = auto()
    # Answer an error status without asking the server (HTTP only).
    ERROR = auto()
    # Answer 200 with an error in the body, as S3 may to a Complete (HTTP only).
    ERROR_INSIDE = auto()
    FREEZE_BEFORE = auto()
    # The server has done it, and nobody hears of that.
    FREEZE_AFTER = auto()
    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    # Half of the answer's body arrives, then the connection ends (HTTP only).
    CUT_SHORT = auto()


@dataclass(frozen=True)
class Fault:
    """What happens to a step, and how many times in a row; `status` and `code` of `Act.ERROR`."""

    act: Act
    times: int = 1
    status: int = 503
    code: str = ""


@dataclass
class Faults:
    """A plan of faults by step, and what was seen of the traffic; shared by several proxies."""

    plan: Mapping[str, Fault] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    # What each HTTP request was about: its kind, its path and query.
    targets: list[tuple[str, str]] = field(default_factory=list)
    frozen: threading.Event = field(default_factory=threading.Event)
    # From now on nothing is answered, whatever was planned.
    dark: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _count: Counter[str] = field(default_factory=Counter)
    _thawed: bool = False

    def decide(self, kind: str, target: str = "") -> Fault:
        """Note a request and say what happens to it."""
        with self._lock:
            self.targets.append((kind, target))
            self._count[kind] += 1
            number = self._count[kind]
            self.seen.append(_step(kind, number))
        if self.dark.is_set():
            return Fault(Act.FREEZE_BEFORE)
        for step, fault in self.plan.items():
            planned, first = _parse(step)
            if planned == kind and first <= number < first + fault.times:
                return fault
        return Fault(Act.PASS)

    def hold(self) -> bool:
        """Report that a request is frozen, wait; True when it shall go on after all."""
        self.frozen.set()
        self._over.wait(PATIENCE)
        return self._thawed

    def thaw(self) -> None:
        """Let what is frozen go on."""
        self._thawed = True
        self._over.set()

    def end(self) -> None:
        """Drop what is frozen."""
        self._over.set()

    def await_freeze(self) -> None:
        """Wait until the planned moment has come; AssertionError when it does not."""
        assert self.frozen.wait(PATIENCE), f"never came to that step; seen: {self.seen}"


def _step(kind: str, number: int) -> str:
    return kind if number == 1 else f"{kind} {number}"


def _parse(step: str) -> tuple[str, int]:
    kind, _, number = step.rpartition(" ")
    return (kind, int(number)) if number.isdigit() else (step, 1)


def next_try(step: str) -> str:
    """Return the step that is seen when a request is made again."""
    kind, number = _parse(step)
    return _step(kind, number + 1)


class Proxy:
    """A listening socket on loopback; each connection is served by a thread of `_serve`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._thread(self._accept)

    def _thread(self, run: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        thread.start()
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]

    def _accept(self) -> None:
        # accept() fails once the socket is shut down: that ends this thread.
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self._open.add(connection)
                self._thread(self._attend, connection)

    def _attend(self, connection: socket.socket) -> None:
        # A peer that was killed or that lost its patience is what these proxies are made for.
        with connection, suppress(OSError, EOFError):
            self._serve(connection)
        self._open.discard(connection)

    def _serve(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Stop serving, end all connections and threads."""
        self.faults.end()
        for endpoint in [self._socket, *self._open]:
            with suppress(OSError):
                endpoint.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(5)


@contextmanager
def closed_port() -> Iterator[int]:
    """Yield a port that refuses connections, and that nobody else gets meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextmanager
def silent_port() -> Iterator[int]:
    """Yield a port that takes connections and bytes and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        yield listening.getsockname()[1]
