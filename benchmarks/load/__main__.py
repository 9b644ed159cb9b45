"""Let people come to a stack of one's own: `make load`, or `make load ARGS=soak`.

Each scenario meets a stack of its own, with three published videos in it; the people are a process
of their own in an environment of their own. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NoReturn

from benchmarks.load.report import Outcome, by_route, missed, summary
from benchmarks.load.results import Result, loads
from benchmarks.load.scenarios import SCENARIOS, SEED, USUAL, Scenario, chosen
from benchmarks.load.stack import left_in_queues, votes_counted, watched
from local.launch import launched
from tests.support.footage import clip

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(__file__).with_name(".venv") / "bin" / "python"
# Five seconds that come to 1.5 MB.
FILM = ("-b:v", "2750k", "-preset", "veryfast", "-pix_fmt", "yuv420p")
# What the people may take besides their scenario: to start, and to tell.
BESIDES = 60.0


def people(host: str, film: Path, scenario: Scenario, *more: str) -> Result:
    """Let them come, and wait until they are gone. Raises CalledProcessError and TimeoutExpired."""
    size = ("--people", str(scenario.people), "--every", str(scenario.every))
    where = ("--host", host, "--clip", str(film), "--bound", str(scenario.bound))
    command = [str(PYTHON), "-m", "benchmarks.load.people", *where, *size, *more]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=scenario.bound + BESIDES,
    )
    return loads(ran.stdout)


def play(scenario: Scenario, film: Path, log: IO[str]) -> Outcome:
    """Start a stack, publish something, let the people come, and look what is left."""
    with launched(stderr=log.fileno()) as stack:
        seeds = people(stack.address, film, SEED, "--no-audience")
        if troubles := {story.trouble for story in seeds.stories} - {None}:
            sys.exit(f"Nothing could be published to begin with: {troubles}")
        with watched(stack) as memory:
            result = people(stack.address, film, scenario)
        return Outcome(scenario, result, memory, left_in_queues(stack), votes_counted(stack))


def terminated(*_: object) -> NoReturn:
    """SIGTERM ends it as Ctrl-C does: by cleaning up."""
    raise KeyboardInterrupt


def asked() -> tuple[list[Scenario], Path | None]:
    """Read the command line: the scenarios, and where the log is kept, if it is."""
    parser = argparse.ArgumentParser(prog="make load ARGS=...", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="scenario", help=", ".join(SCENARIOS))
    parser.add_argument("--people", type=int, help="for small tries")
    parser.add_argument("--log", type=Path, help="keep what the stacks say in this file")
    given = parser.parse_args()
    if unknown := set(given.names) - set(SCENARIOS):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    return chosen(given.names or USUAL, given.people), given.log


def tell(outcome: Outcome) -> list[str]:
    """Print one scenario by its routes, and what was missed, which is returned."""
    found = list(missed(outcome))
    print(f"\n{by_route(outcome.result)}\n")
    for sentence in found:
        print(f"MISSED: {sentence}")
    return found


def main() -> int:
    """0 only when nothing was missed."""
    scenarios, kept = asked()
    outcomes, problems = list[Outcome](), list[str]()
    with TemporaryDirectory(prefix="fragua-load-") as folder:
        film = Path(folder, "clip.mp4")
        film.write_bytes(clip(5.0, "640x360", more=FILM))
        with (kept or Path(folder, "log")).open("w") as log:
            for scenario in scenarios:
                print(f"\n{scenario.name}; it may take {scenario.bound / 60:.0f} min", flush=True)
                outcomes.append(play(scenario, film, log))
                problems += tell(outcomes[-1])
    print(f"\n{summary(outcomes)}\n")
    print("Targets missed: see above." if problems else "All targets are met.")
    return 1 if problems else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminated)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nInterrupted; everything is cleaned up", file=sys.stderr)
        sys.exit(130)
