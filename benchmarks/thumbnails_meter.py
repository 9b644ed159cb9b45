"""What a contestant tells of its work: processor time, and the peak memory of its process."""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Callable
from pathlib import Path


def measure(work: Callable[[], object]) -> None:
    """Do the work; print [milliseconds of user and system time in it, peak memory in bytes].

    What came before, starting and importing, counts as memory, but not as time.
    """
    before = _milliseconds()
    work()
    print(json.dumps([_milliseconds() - before, _peak()]))


def _milliseconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return 1000 * (used.ru_utime + used.ru_stime)


def _peak() -> int:
    """Of this program alone: on Linux `getrusage` counts what the process was before, too."""
    status = Path("/proc/self/status")
    if status.exists():
        (kib,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(kib) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
