"""What pictures come in: for each format, how it is judged by its header, and decoded."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from fragua.images import kinds, limits
from fragua.images.formats.source import Source
from fragua.images.refusal import unsupported

# Module and function, imported when one is met: each brings a decoder.
_OPENERS = {
    "jpeg": ("jpeg", "open_source"),
    "png": ("png", "open_source"),
    "gif": ("gif", "open_source"),
    "webp": ("webp", "open_source"),
    "tiff": ("pillow", "open_tiff"),
    "bmp": ("pillow", "open_bmp"),
    "avif": ("pillow", "open_avif"),
    "heic": ("heic", "open_source"),
}


def opener(path: Path) -> Callable[[Path], Source]:
    """Tell the format by the content; no other decoder gets to see it. Raises Refusal."""
    limits.file_bytes(path.stat().st_size)
    with path.open("rb") as file:
        kind = kinds.detect(file.read(kinds.HEAD))
    if kind is None:
        raise unsupported()
    module, function = _OPENERS[kind]
    found: Callable[[Path], Source]
    found = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    return found
