"""`FRAGUA_TIME_SCALE`: makes minutes pass in seconds, so that tests needn't wait."""

import math
import os

from local.errors import StackError

VARIABLE = "FRAGUA_TIME_SCALE"


def factor() -> float:
    """What limits in time are multiplied with, at most 1: 60 and 1/60 both mean one sixtieth."""
    text = os.environ.get(VARIABLE) or "1"
    try:
        scale = float(text)
    except ValueError:
        scale = math.nan
    if not (math.isfinite(scale) and scale > 0):
        raise StackError(f"{VARIABLE} must be a number above 0, not {text!r}")
    return 1 / scale if scale > 1 else scale


def scaled(seconds: float) -> float:
    """`seconds` as this run counts them."""
    return seconds * factor()


def scaled_up(seconds: float) -> int:
    """`seconds` as whole seconds of this run, at least 1 where there was any time at all."""
    return math.ceil(scaled(seconds))
