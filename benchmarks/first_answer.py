"""Run by the functions' own Python in a fresh process: one import, one answer, what they took.

    python3.13 -I -S -B first_answer.py < job.json

The job has `paths`, and `handler` with an `event`; without a handler it is the reference.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from types import SimpleNamespace
from typing import Any

CONTEXT = SimpleNamespace(
    aws_request_id="00000000-0000-0000-0000-000000000000",
    function_name="function",
    memory_limit_in_mb="512",
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:function",
    get_remaining_time_in_millis=lambda: 29_000,
)


def reference() -> None:
    """Do what nearly every function on AWS does first."""
    import boto3

    boto3.client("s3")


def answer(handler: str, event: Any) -> Any:
    """Import a handler and let it answer."""
    module, _, name = handler.rpartition(".")
    return getattr(importlib.import_module(module), name)(event, CONTEXT)


def main() -> None:
    """Print CPU and wall time in milliseconds, the answer, and whether SQL was in it."""
    job = json.load(sys.stdin)
    sys.path[:0] = job["paths"]
    wall, cpu = time.perf_counter(), time.process_time()
    said = None
    if "handler" in job:
        said = answer(job["handler"], job["event"])
    else:
        reference()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    # Logs stand on the lines before.
    result = {
        "cpu": cpu * 1000,
        "wall": wall * 1000,
        "answer": said,
        "sql": "sqlalchemy" in sys.modules,
    }
    sys.stdout.write(f"\n{json.dumps(result)}")


main()
