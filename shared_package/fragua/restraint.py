"""What a process forbids itself before it looks at what a stranger sent: there is no way back.

Imported by children that are to begin quickly, so it imports little.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress

# Of prctl(2). What is not dumpable, /proc shows to root alone.
_SET_PDEATHSIG, _SET_DUMPABLE = 1, 4


def close_the_curtain() -> None:
    """Let no process of the same user read this one's memory and environment: keys are in both."""
    _prctl(_SET_DUMPABLE, 0)


def die_with_parent() -> None:
    """End this process when the one that started it ends, however that was."""
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def limit(most: Mapping[int, int]) -> None:
    """Take no more from now on of what `resource` names, in its units.

    More time or output ends the process, more memory is an error of whoever asks for it.
    """
    for kind, allowed in {**most, resource.RLIMIT_CORE: 0}.items():
        _soft, hard = resource.getrlimit(kind)
        # Nobody may ask for more than is allowed already.
        value = allowed if hard == resource.RLIM_INFINITY else min(allowed, hard)
        # macOS knows no limit of memory; there nothing is deployed.
        with suppress(ValueError):
            resource.setrlimit(kind, (value, value))
