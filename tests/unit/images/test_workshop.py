"""Decoding happens in a process that may use little, knows nothing, and may die."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from fragua.errors import Refusal, Retry
from fragua.images import limits, workshop
from fragua.images.child import LATER
from fragua.images.refusal import anything_refuses

from .drawing import encoded, scene

LIMITED = "from fragua.images import child; child.limit_process({seconds}); "


def python(code: str, seconds: float = 30) -> bytes:
    return workshop.run([sys.executable, "-c", code], seconds)


def beside(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, which is no child of the workshop's."""
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def code_of(code: str, seconds: float = 30) -> str:
    with pytest.raises(Refusal) as caught:
        python(code, seconds)
    return caught.value.code


def source(folder: Path, data: bytes) -> Path:
    path = folder / "source"
    path.write_bytes(data)
    return path


def test_thumbnails_are_made_in_another_process(tmp_path: Path) -> None:
    picture = workshop.make(source(tmp_path, encoded(scene(), "PNG")), [200, 32], tmp_path)
    assert (picture.width, picture.height, picture.format) == (96, 64, "png")
    assert [each.file for each in picture.thumbnails] == ["64.webp", "64.jpg", "32.webp", "32.jpg"]
    assert all((tmp_path / each.file).exists() for each in picture.thumbnails)


def test_a_refusal_comes_through(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no JPEG, PNG") as caught:
        workshop.make(source(tmp_path, b"<html>"), [200], tmp_path)
    assert caught.value.code == "unsupported"


def test_a_mistake_of_ours_is_told_to_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "fragua"), pytest.raises(Refusal):
        workshop.make(tmp_path / "nowhere", [200], tmp_path)
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert vars(record)["cause"].startswith("FileNotFoundError in ")


def test_the_log_says_what_a_decoder_stumbled_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = source(tmp_path, encoded(scene(), "TIFF")[:99])
    with caplog.at_level(logging.INFO, "fragua"), pytest.raises(Refusal):
        workshop.make(path, [200], tmp_path)
    (record,) = caplog.records
    assert record.levelname == "INFO"
    assert ".py:" in vars(record)["cause"]


def test_an_ordinary_picture_works_after_a_broken_one(tmp_path: Path) -> None:
    path = source(tmp_path, encoded(scene(), "PNG")[:99])
    with pytest.raises(Refusal):
        workshop.make(path, [200], tmp_path)
    assert workshop.make(source(tmp_path, encoded(scene(), "PNG")), [200], tmp_path).width == 96


def test_it_works_beside_other_threads(tmp_path: Path) -> None:
    path = source(tmp_path, encoded(scene(), "PNG"))
    made: list[int] = []
    folders = [tmp_path / str(number) for number in range(3)]

    def make(folder: Path) -> None:
        folder.mkdir()
        made.append(workshop.make(path, [200], folder).width)

    threads = [threading.Thread(target=make, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [96, 96, 96]


def test_no_credential_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen = json.loads(python("import json, os; print(json.dumps(dict(os.environ)))"))
    allowed = {"PYTHONPATH", "LC_CTYPE", "LD_LIBRARY_PATH"}
    assert {name for name in seen if not name.startswith("COVERAGE_")} <= allowed


def test_too_much_time_of_the_processor_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "fragua"):
        assert code_of(LIMITED.format(seconds=1) + "\nwhile True: pass") == "too_complex"
    assert vars(caplog.records[0])["exit_code"] in {-signal.SIGXCPU, -signal.SIGKILL}


def test_too_much_time_of_the_clock_ends_it() -> None:
    before = psutil.Process().children(recursive=True)
    assert code_of("import threading; threading.Event().wait()", seconds=0.5) == "too_complex"
    assert psutil.Process().children(recursive=True) == before


def test_too_much_memory_is_an_error_that_it_survives() -> None:
    allocate = f"bytearray({limits.MEMORY + 1})"
    code = LIMITED.format(seconds=9) + f"\ntry: {allocate}\nexcept MemoryError: print('no')"
    assert python(code) == b"no\n"


def test_too_large_a_thumbnail_can_not_be_written(tmp_path: Path) -> None:
    write = f"Path({str(tmp_path / 'file')!r}).write_bytes(bytes({limits.OUTPUT_BYTES + 1}))"
    code = f"from pathlib import Path\ntry: {write}\nexcept OSError: print('no')"
    assert python(LIMITED.format(seconds=9) + code) == b"no\n"


@pytest.mark.parametrize(
    ("death", "code"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "too_complex"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "damaged"),
        ("os.abort()", "damaged"),
        ("sys.exit(3)", "damaged"),
    ],
)
def test_a_death_is_a_refusal(death: str, code: str) -> None:
    no_dump = LIMITED.format(seconds=9)
    assert code_of(f"import os, signal, sys; {no_dump}{death}") == code


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else is always full")
def test_a_full_disk_is_no_fault_of_the_picture(tmp_path: Path) -> None:
    path = source(tmp_path, encoded(scene(), "PNG"))
    (tmp_path / "32.jpg").symlink_to("/dev/full")
    with pytest.raises(Retry, match="No space left on device"):
        workshop.make(path, [200, 32], tmp_path)
    (tmp_path / "32.jpg").unlink()
    assert len(workshop.make(path, [200, 32], tmp_path).thumbnails) == 4


def test_a_disk_that_can_not_be_read_is_no_fault_of_the_picture() -> None:
    for error in (OSError(errno.EIO, "broken"), OSError(errno.EMFILE, "too many")):
        with pytest.raises(OSError, match=r"broken|too many"), anything_refuses():
            raise error
    with pytest.raises(Refusal), anything_refuses():
        raise OSError("broken data stream when reading image file")


@pytest.mark.parametrize("library", ["PIL", "isal"])
def test_a_decoder_that_is_not_there_is_no_fault_of_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    (tmp_path / library).mkdir()
    (tmp_path / library / "__init__.py").write_text("raise ImportError('no such thing here')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Retry, match="no such thing here"):
        workshop.make(source(tmp_path, encoded(scene(), "PNG")), [200], tmp_path)


def test_more_than_an_answer_is_not_even_read() -> None:
    endless = "import sys\nwhile True: sys.stdout.write('x' * 9_999_999)"
    assert code_of(LIMITED.format(seconds=9) + endless) in ("damaged", "too_complex")
    assert len(python("print('x' * 20_000_000)")) < 2_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else is always full")
def test_an_answer_that_finds_no_room_is_no_fault_of_the_picture(tmp_path: Path) -> None:
    path = source(tmp_path, encoded(scene(), "PNG"))
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "fragua.images.child", str(path), str(tmp_path), "200"]
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run(command, stdout=full, env=environment, check=False)
    assert done.returncode == LATER


def test_asking_for_thumbnails_needs_no_decoder() -> None:
    code = "import sys; from fragua.images import workshop; print('PIL' in sys.modules)"
    assert python(code) == b"False\n"


@pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0, reason="only root can become others"
)
def test_nobody_but_root_may_look_into_the_process_that_has_the_keys(tmp_path: Path) -> None:
    # As somebody who is not root, whom the kernel shows everything: another of that user looks.
    code = (
        "import ctypes, os, subprocess; from fragua import restraint;"
        "os.setgid(65534); os.setuid(65534); ctypes.CDLL(None).prctl(4, 1, 0, 0, 0);"
        "look = ['/bin/sh', '-c', 'test -r /proc/$PPID/environ && echo seen || echo hidden'];"
        "before = subprocess.check_output(look, text=True); restraint.close_the_curtain();"
        "print(before, subprocess.check_output(look, text=True))"
    )
    done = beside(code)
    assert done.stdout.split() == ["seen", "hidden"], done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has prctl")
def test_the_curtain_is_closed_before_any_picture_is_looked_at(tmp_path: Path) -> None:
    code = (
        "import ctypes, pathlib; from fragua.images import workshop; here = pathlib.Path();"
        "workshop.run = lambda *_: print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)) or b'';"
        "workshop.make(here, [200], here)"
    )
    done = beside(code)
    assert done.stdout == "0\n", done.stderr
