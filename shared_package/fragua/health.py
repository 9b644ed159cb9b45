"""Is everything there that we depend on? One small request to each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from fragua import aws
from fragua.database.engine import ping, reader_engine
from fragua.errors import Refused, Unavailable
from fragua.schemas import Answer
from fragua.settings import settings

State = Literal["up", "down"]


class Health(Answer):
    """The state of the service and of each dependency."""

    status: State
    dependencies: dict[str, State]


def check() -> Health:
    """Ask all dependencies at once."""
    checks: dict[str, Callable[[], object]] = {
        "database": ping,
        "store": lambda: aws.s3("head_bucket", Bucket=settings().default_bucket),
        "tables": lambda: aws.call(
            "dynamodb", "describe_table", TableName=settings().uploads_table
        ),
        "queue": lambda: aws.call(
            "sqs", "get_queue_attributes", QueueUrl=settings().assembly_queue_url
        ),
    }
    if settings().has_reader:
        checks["database_reader"] = lambda: ping(reader_engine)
    with ThreadPoolExecutor(len(checks)) as pool:
        states = dict(zip(checks, pool.map(_state, checks.values()), strict=True))
    healthy = all(state == "up" for state in states.values())
    return Health(status="up" if healthy else "down", dependencies=states)


def _state(ask: Callable[[], object]) -> State:
    try:
        ask()
    except (Unavailable, Refused):
        return "down"
    return "up"
