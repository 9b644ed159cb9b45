"""Workers side by side, each behind proxies of its own: each is stopped at a step of its own.

with lanes(bench, killed=True) as start:
    for step in steps:
        start({step: Fault(Act.FREEZE_BEFORE)}, "catalog.create", event)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from tests.support.bench import Bench, eventually
from tests.support.faults import PATIENCE, Fault, Faults
from tests.support.restarts import Server
from tests.support.workers import Worker

# What these workers wait for takes its real time.
_UNHURRIED = {"FRAGUA_TIME_SCALE": "1"}


@dataclass(frozen=True)
class Lane:
    """A worker, and what its proxies do and saw."""

    worker: Worker
    faults: Faults

    def kill(self) -> None:
        """Kill the worker at the step where it is stopped; what it was about to do is dropped."""
        self.faults.await_freeze()
        self.worker.kill()
        self.faults.end()


def await_step(faults: Faults, step: str) -> None:
    """Wait until somebody has come to a step, be it let through or not."""
    eventually(lambda: step in faults.seen, bool, PATIENCE)


def let_go(faults: Faults, step: str, number: int) -> None:
    """Wait until so many have come to a step; let all that is stopped go on at the same moment.

    Whoever comes later is not stopped any more. PostgreSQL is not waited for longer than six
    seconds, in which not many workers begin on a busy machine.
    """
    await_step(faults, f"{step} {number}")
    faults.thaw()


def restart(server: Server, stopped: Sequence[Lane]) -> None:
    """Restart PostgreSQL while all workers are stopped, and let them go on."""
    for lane in stopped:
        lane.faults.await_freeze()
    server.stop()
    server.start()
    for lane in stopped:
        lane.faults.thaw()


class Start(Protocol):
    """Starts a worker in a lane of its own."""

    def __call__(
        self, plan: Mapping[str, Fault], module: str, event: dict[str, Any], **environment: str
    ) -> Lane:
        """Run `module.handler(event)`, with a plan of faults for this worker alone."""


@contextmanager
def lanes(bench: Bench, *, killed: bool = False) -> Iterator[Start]:
    """Yield what starts workers; their proxies are closed at the end of the block.

    With `killed` each that has a plan is killed as soon as it is stopped: none waits for long.
    """
    with ExitStack() as proxies, ThreadPoolExecutor(64) as killers:
        kills = list[Future[None]]()

        def start(
            plan: Mapping[str, Fault], module: str, event: dict[str, Any], **environment: str
        ) -> Lane:
            own = proxies.enter_context(bench.another())
            faults = own.plan(plan)
            lane = Lane(own.start(module, event, **(_UNHURRIED | environment)), faults)
            if killed and plan:
                kills.append(killers.submit(lane.kill))
            return lane

        yield start
        for kill in kills:
            kill.result()
