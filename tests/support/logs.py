"""What is logged, as the functions write it in a deployment."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fragua.api import log


@contextmanager
def written() -> Iterator[io.StringIO]:
    """Note the lines that the block logs."""
    lines, logger = io.StringIO(), logging.getLogger("fragua")
    listener = logging.StreamHandler(lines)
    listener.setFormatter(log.registered_formatter)
    logger.addHandler(listener)
    try:
        yield lines
    finally:
        logger.removeHandler(listener)


def parsed(lines: io.StringIO) -> list[dict[str, Any]]:
    """Return what the lines say."""
    return [json.loads(line) for line in lines.getvalue().splitlines()]
