"""ffmpeg may take little, knows nothing and may die; a busy machine is no fault of a video."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from fragua import confined
from fragua.errors import Refusal, Retry
from fragua.videos import studio
from fragua.videos.limits import Limits
from fragua.videos.studio import Studio
from tests.support.bench import eventually

from .clips import source

SLEEP = "import time; time.sleep(60)"
LITTLE = Limits(cpu_seconds=5, seconds=20, memory=200 << 20, output=1 << 20)


@pytest.fixture
def looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Looks at a clip by some Python code in the place of ffmpeg: the limits don't depend on it."""

    def look(code: str, limits: Limits = LITTLE, **watched: Any) -> None:
        program = tmp_path / "ffmpeg"
        begin = f"import os, signal, time\nos.chdir({str(tmp_path)!r})"
        program.write_text(f"#!{sys.executable} -IS\n{begin}\n{code}")
        program.chmod(0o755)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
        Studio(tmp_path, limits, limits, **watched).look(source(tmp_path, b"x"))

    return look


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("while True: pass", Limits(1, 20)),
        ("while True: pass", Limits(5, 0.5)),
        ("signal.signal(signal.SIGXFSZ, 0); open('big', 'wb').write(bytes(2 << 20))", LITTLE),
        ("try: bytes(300 << 20)\nexcept MemoryError: os._exit(256 - 12)", LITTLE),
    ],
    ids=["time of a processor", "time of the clock", "room on the disk", "memory"],
)
def test_what_takes_too_much_is_ended(
    looks: Callable[..., None], code: str, limits: Limits
) -> None:
    before = psutil.Process().children(recursive=True)
    with pytest.raises(Refusal) as caught:
        looks(code, limits)
    assert caught.value.code == "too_complex"
    assert psutil.Process().children(recursive=True) == before


def test_a_full_disk_is_no_fault_of_the_video(looks: Callable[..., None]) -> None:
    with pytest.raises(Retry, match="kept from its work"):
        looks(f"os._exit(256 - {errno.ENOSPC})")


def test_a_machine_that_has_no_processor_to_spare_is_no_fault_of_the_video() -> None:
    sleep, work = ([sys.executable, "-ISc", code] for code in (SLEEP, "while True: pass"))
    assert not confined.run(work, 1).starved
    starved = confined.run(sleep, 3)
    assert starved.starved
    with pytest.raises(Retry, match="kept from its work"):
        studio._explain(starved)  # noqa: SLF001 - a whole ffmpeg would need half a minute


def test_a_missing_ffmpeg_is_no_fault_of_the_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    with pytest.raises(Retry, match="No such file"):
        Studio(tmp_path).look(source(tmp_path, b"x"))


def test_ffmpeg_knows_nothing_and_lets_others_go_first(
    looks: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(Refusal):
        looks("open('seen', 'w').write(f'{os.nice(0)} {list(os.environ)}'); os._exit(1)")
    nice, _, names = (tmp_path / "seen").read_text().partition(" ")
    assert int(nice) == min(19, os.nice(0) + 10)
    # Coverage lets itself into whatever its process turns into.
    known = [name for name in literal_eval(names) if not name.startswith("COVERAGE_")]
    assert known in ([], ["LC_CTYPE"])


def test_what_looks_in_meanwhile_can_end_it(looks: Callable[..., None]) -> None:
    def gone() -> None:
        raise Retry("another worker has the video")

    before = psutil.Process().children(recursive=True)
    with pytest.raises(Retry, match="another worker"):
        looks("time.sleep(60)", meanwhile=gone, every=0.1)
    assert psutil.Process().children(recursive=True) == before


def test_ffmpeg_dies_with_the_worker(tmp_path: Path) -> None:
    code = (
        "import sys; from fragua import confined; confined.run([sys.executable, '-c',"
        "'import os, time; from fragua import restraint; restraint.die_with_parent();"
        ' print(os.getpid(), flush=True, file=open("pid", "w")); time.sleep(60)\'], 60)'
    )
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environment) as worker:
        said = tmp_path / "pid"
        eventually(lambda: said.exists() and said.read_text(), bool)
        worker.kill()
    eventually(lambda: psutil.pid_exists(int(said.read_text())), lambda alive: not alive)
