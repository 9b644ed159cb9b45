"""What pictures come in: for each format, how it is judged by its header, and decoded."""

from __future__ import annotations

import importlib
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


def open_source(path: Path) -> Source:
    """Tell the format by the content and judge the header; no other decoder gets to see it."""
    limits.file_bytes(path.stat().st_size)
    with path.open("rb") as file:
        kind = kinds.detect(file.read(kinds.HEAD))
    if kind is None:
        raise unsupported()
    module, function = _OPENERS[kind]
    opener = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    opened: Source = opener(path)
    return opened
