"""The functions' log lines, made readable for a person at a terminal."""

import json
import os
import sys
import threading
from contextlib import suppress
from typing import IO, Any

# What says nothing new at a terminal: the same in every line, or told in another way.
_LEFT_OUT = {
    "_aws",
    "cold_start",
    "exception",
    "exception_name",
    "function_arn",
    "function_memory_size",
    "function_name",
    "function_request_id",
    "level",
    "location",
    "message",
    "service",
    "stack_trace",
    "stage",
    "timestamp",
    "xray_trace_id",
}


def readable(line: str) -> str:
    """A JSON log line as `level message key=value`, with its traceback below; others unchanged."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    if not isinstance(entry, dict) or "message" not in entry:
        return line
    pairs = [f"{key}={_text(entry[key])}" for key in entry if key not in _LEFT_OUT]
    words = [str(entry.get("level", "INFO")), _text(entry["message"]), *pairs]
    lines = [" ".join(words), *str(entry.get("exception", "")).splitlines()]
    return "".join(f"{one}\n" for one in lines)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def terminal() -> int:
    """A descriptor for the functions' output: stderr, through `readable` if that is a terminal.

    Elsewhere, in files and pipes, the lines stay as CloudWatch would get them.
    """
    if not sys.stderr.isatty():
        return sys.stderr.fileno()
    reading, writing = os.pipe()
    threading.Thread(target=_copy, args=(os.fdopen(reading), sys.stderr), daemon=True).start()
    return writing


def _copy(source: IO[str], target: IO[str]) -> None:
    with suppress(OSError, ValueError):
        for line in source:
            target.write(readable(line))
            target.flush()
