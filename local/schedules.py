"""Calls functions by the clock: `rate(...)` and `cron(...)`, never overlapping themselves."""

import datetime as dt
import json
import sys
import threading
import time
import uuid
from typing import Any

from local.account import ACCOUNT_ID, REGION
from local.cron import seconds_until_next
from local.plan import Function, Schedule
from local.pool import InvocationError, Invoker
from local.timescale import scaled

# However short the scaled time is, a schedule must not become a busy loop.
_SHORTEST = 1.0


def to_event(schedule: Schedule) -> Any:
    """The event: the schedule's own input, or what EventBridge sends without one."""
    if schedule.input is not None:
        return json.loads(schedule.input)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": schedule.source,
        "account": ACCOUNT_ID,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/{schedule.name}"],
        "detail": {} if schedule.source == "aws.events" else "{}",
    }


def run(schedule: Schedule, function: Function, pool: Invoker, stop: threading.Event) -> None:
    """Calls the function each time the schedule is due, until `stop` is set."""
    while not stop.wait(_wait(schedule.expression)):
        try:
            pool.invoke(function, to_event(schedule), function.timeout)
        except InvocationError as error:
            print(error, file=sys.stderr)


def _wait(expression: str) -> float:
    return max(_SHORTEST, scaled(seconds_until_next(expression, dt.datetime.now(dt.UTC))))
