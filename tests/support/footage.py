"""Clips for tests: moving colours and a tone, made by ffmpeg, each kind once a process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from imageio_ffmpeg import get_ffmpeg_exe

# Small and quick: what is tested is what becomes of a clip, not how beautiful it is.
_FAST = ("-preset", "ultrafast", "-pix_fmt", "yuv420p")


@cache
def clip(
    seconds: float = 1.0,
    size: str = "160x90",
    rate: str = "25",
    *,
    sound: bool = True,
    more: tuple[str, ...] = _FAST,
    ending: str = "mp4",
) -> bytes:
    """Make a clip of `seconds`; `more` are ffmpeg's own options for what comes out."""
    picture = ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}")
    tone = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}") if sound else ()
    return ffmpeg(*picture, *tone, *more, ending=ending)


def ffmpeg(*arguments: str, ending: str, given: bytes | None = None) -> bytes:
    """Run ffmpeg; return the file that it made. `given` is there as the file `given`."""
    with TemporaryDirectory() as folder:
        if given is not None:
            Path(folder, "given").write_bytes(given)
        made = Path(folder, f"made.{ending}")
        command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", *arguments, str(made)]
        subprocess.run(command, cwd=folder, check=True, timeout=120)
        return made.read_bytes()


def frames(video: bytes, size: tuple[int, int], at: Iterable[float] = (0.5,)) -> list[bytes]:
    """Return RGB frames of a video, scaled to `size`, at these seconds of it."""
    scaled = ("-frames:v", "1", "-vf", f"scale={size[0]}:{size[1]}", "-pix_fmt", "rgb24")
    found = (("-ss", str(second), "-i", "given", *scaled, "-f", "rawvideo") for second in at)
    return [ffmpeg(*each, ending="rgb", given=video) for each in found]
