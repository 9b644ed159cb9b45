"""What is logged, as the functions write it in a deployment."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

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
