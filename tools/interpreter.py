"""Finds an interpreter by its minor version, e.g. python3.13: layers are compiled by Lambda's own.

It looks at the variable LAMBDA_PYTHON, at the PATH, at what pyenv installed and at what uv knows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "LAMBDA_PYTHON"
_PATIENCE = 20


class Missing(Exception):
    """No such interpreter; the text says how to get one."""


def interpreter(name: str) -> Path:
    """The executable of the Python called `name`, with pip. Raises Missing."""
    for candidate in _candidates(name):
        if found := _usable(candidate, name):
            return found
    raise Missing(
        f"Lambda's {name} compiles the layers, and there is none here (with pip).\n"
        f"Get it by your system's packages, `uv python install {name[6:]}` or "
        f"`pyenv install {name[6:]}`, or name one: {VARIABLE}=/path/to/{name}"
    )


def _candidates(name: str) -> Iterator[Path]:
    if given := os.environ.get(VARIABLE):
        if not _usable(Path(given), name):
            raise Missing(f"{VARIABLE}={given} is no {name} with pip")
        yield Path(given)
    for folder in os.get_exec_path():
        yield Path(folder, name)
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    versions = pyenv.glob(f"versions/{name[6:]}*/bin/{name}")
    yield from sorted(versions, reverse=True)
    yield from _known_to_uv(name)


def _known_to_uv(name: str) -> Iterator[Path]:
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        # Installed ones only: on the PATH it might trip over a shim.
        command: list[str | Path] = [
            uv,
            "python",
            "find",
            "--managed-python",
            "--offline",
            name[6:],
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            yield Path(done.stdout.strip())


def _usable(candidate: Path, name: str) -> Path | None:
    """The executable that `candidate` runs, if it really is `name` and has pip.

    A shim of pyenv's may only say that there is no such version; what it runs if there is one is
    the executable that has its folder's other names beside it.
    """
    if not os.access(candidate, os.X_OK):
        return None
    look = "import pip, sys; print('python%d.%d' % sys.version_info[:2], sys.executable)"
    try:
        done = subprocess.run(
            [candidate, "-c", look],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version, _, executable = done.stdout.strip().partition(" ")
    if done.returncode or version != name:
        return None
    # Makefiles and sam look for it by this name.
    found = Path(executable).with_name(name)
    return found if found.exists() else None
