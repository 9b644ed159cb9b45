"""Thumbnails against sharp and pyvips: processor time and peak memory, on the same pictures.

Each makes WebP of four heights at the same quality and effort, from one load of the picture, in a
process of its own with one thread for its work; they take turns, so that a busy moment hits all
alike. Ratios are medians over the rounds; starting and importing isn't counted. Fragua and sharp
then do it once more with a JPEG beside each WebP, which is all that a worker does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops, ImageStat

from benchmarks.table import Row, show
from benchmarks.thumbnails_pictures import SOURCES

ROOT = Path(__file__).resolve().parent.parent
PEERS = Path(__file__).with_name("peers")
HEIGHTS = (1080, 720, 400, 200)
ROUNDS = 7
COMMANDS = {
    "fragua": (sys.executable, "-m", "benchmarks.thumbnails_fragua"),
    "sharp": ("node", str(PEERS / "sharp.js")),
    "pyvips": (str(PEERS / ".venv/bin/python"), "-m", "benchmarks.thumbnails_pyvips"),
}
# Who makes what, in turn.
JOBS = (
    *(("fragua", "webp"), ("sharp", "webp"), ("pyvips", "webp")),
    *(("fragua", "webp+jpeg"), ("sharp", "webp+jpeg")),
)
# Of sharp's processor time, at most, by what a source's name begins with; AVIF has no target.
TARGETS = {"JPEG": 1.15, "PNG": 1.3, "WebP": 1.3}
# Levels of 255 by which the same thumbnail of two contestants may differ in the mean: lossy as
# WebP is, they do by 3 to 4.5; one that was scaled without care, by 8. And so much in bytes.
ALIKE, AS_LARGE = 6.0, 1.05

Job = tuple[str, str]


@dataclass(frozen=True)
class Measured:
    """What one process took: milliseconds of processor time, bytes of memory at its peak."""

    cpu: float
    peak: float


def run(job: Job, source: Path, folder: Path) -> Measured:
    """Do a job."""
    name, formats = job
    folder.mkdir(exist_ok=True)
    command = [*COMMANDS[name], formats, str(source), str(folder), *map(str, HEIGHTS)]
    # Layers are compiled, so let the first run leave its bytecode to those that count.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "VIPS_CONCURRENCY": "1"}
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"{name} made nothing of {source.name}:\n{ran.stderr}")
    return Measured(*json.loads(ran.stdout.splitlines()[-1]))


def compare(source: Path, jobs: Sequence[Job]) -> dict[Job, list[Measured]]:
    """Let all take turns with one picture; what each round measured."""
    measured: dict[Job, list[Measured]] = {job: [] for job in jobs}
    with TemporaryDirectory() as made:
        folders = {job: Path(made, "-".join(job)) for job in jobs}
        for job in jobs:
            run(job, source, folders[job])
            _same(folders[jobs[0]], folders[job])
        for _ in range(ROUNDS):
            for job in jobs:
                measured[job].append(run(job, source, folders[job]))
    return measured


def _same(ours: Path, theirs: Path) -> None:
    """Stop when two did different work: other sizes, other pictures, or WebP of another effort."""
    sizes = [0, 0]
    for height in HEIGHTS:
        files = [_thumbnail(folder, height) for folder in (ours, theirs)]
        one, other = (Image.open(file).convert("RGB") for file in files)
        assert one.size == other.size, f"{theirs.name}: {other.size} instead of {one.size}"
        differences = ImageStat.Stat(ImageChops.difference(one, other)).mean
        assert max(differences) < ALIKE, f"{theirs.name} at {height}: off by {differences}"
        sizes = [size + file.stat().st_size for size, file in zip(sizes, files, strict=True)]
    assert max(sizes) < AS_LARGE * min(sizes), f"{theirs.name}: {sizes[1]} bytes, ours {sizes[0]}"


def _thumbnail(folder: Path, height: int) -> Path:
    for path in folder.glob("*.webp"):
        with Image.open(path) as picture:
            if picture.height == height:
                return path
    raise AssertionError(f"{folder.name} made no WebP of {height} pixels")


def rows(pictures: Path) -> Iterator[Row]:
    """Measure all and yield a row each."""
    for source in SOURCES:
        jobs = [job for job in JOBS if source.peers or job[0] == "fragua"]
        measured = compare(source.file(pictures), jobs)
        yield from _ratios(source.name, measured)
        peak = max(each.peak for each in measured["fragua", "webp+jpeg"]) / 1e6
        yield Row(f"{source.name}: peak memory, MB", peak, source.memory)


def _ratios(name: str, measured: dict[Job, list[Measured]]) -> Iterator[Row]:
    most = TARGETS.get(name.partition(" ")[0])
    for job, theirs in measured.items():
        peer, formats = job
        if peer == "fragua":
            continue
        pairs = list(zip(measured["fragua", formats], theirs, strict=True))
        cpu = median(ours.cpu / other.cpu for ours, other in pairs)
        if formats == "webp":
            yield Row(f"{name}: CPU / {peer}", cpu, most if peer == "sharp" else None)
        else:
            yield Row(f"{name}, with JPEGs: CPU / {peer}", cpu)
            peak = median(ours.peak / other.peak for ours, other in pairs)
            yield Row(f"{name}, with JPEGs: memory / {peer}", peak)


def main() -> bool:
    """Draw the pictures and print the table."""
    with TemporaryDirectory() as folder:
        # In a process of its own, as a child's peak memory begins with its parent's.
        drawing = [sys.executable, "-m", "benchmarks.thumbnails_pictures", folder]
        subprocess.run(drawing, cwd=ROOT, check=True)
        title = f"Thumbnails, WebP of {', '.join(map(str, HEIGHTS))} pixels' height"
        return show(title, rows(Path(folder)))
