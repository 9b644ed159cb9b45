"""The process behind the API: pollers and schedules, a thread each, with their own workers."""

import signal
import threading

from local.plan import Plan
from local.pool import Pool
from local.queues import Poller, concurrency
from local.schedules import run as run_schedule


def size(plan: Plan) -> int:
    """The workers that `plan` can keep busy at the same time."""
    return sum(map(concurrency, plan.sources)) + len(plan.schedules)


def serve(plan: Plan, pool: Pool, endpoint: str) -> None:
    """Works until SIGTERM, then finishes the batches in hand."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threads = [
        threading.Thread(target=Poller(source, function, pool, endpoint, stop).run)
        for source in plan.sources
        for function in [plan.functions[source.function]]
    ] + [
        threading.Thread(
            target=run_schedule,
            args=(schedule, plan.functions[schedule.function], pool, stop),
        )
        for schedule in plan.schedules
    ]
    for thread in threads:
        thread.start()
    # A thread's join can't be interrupted by a signal on every platform, a wait for one can.
    while not stop.is_set():
        signal.pause()
    for thread in threads:
        thread.join()
