"""Clips as the studio is handed them, and what it makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fragua.errors import Refusal
from fragua.videos import layout, streams
from fragua.videos.studio import Source, Studio
from tests.support.footage import ffmpeg

COPY = ("-i", "given", "-c", "copy")


def source(folder: Path, data: bytes, demuxer: str = "mov", seconds: float = 30) -> Source:
    """Put a clip into a folder."""
    path = folder / "source"
    path.write_bytes(data)
    return Source(path, demuxer, seconds)


def rendered(folder: Path, data: bytes, demuxer: str = "mov", **more: float) -> Path:
    """Make a video of some bytes, as the worker does."""
    studio = Studio(folder)
    given = studio.look(source(folder, data, demuxer, **more))
    return studio.render(given, "made.mp4", layout.of(given.shape))


def found(video: Path) -> list[streams.Stream]:
    """Tell what is in a file, by ffmpeg's own words."""
    told = ffmpeg(*COPY, "-map", "0", "-f", "framecrc", ending="txt", given=video.read_bytes())
    return streams.read(told.decode())


def refusal(folder: Path, data: bytes, demuxer: str = "mov") -> Refusal:
    """Return why no video is made of some bytes."""
    with pytest.raises(Refusal) as caught:
        rendered(folder, data, demuxer)
    return caught.value
