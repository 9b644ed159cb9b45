"""What is written about the project agrees with the project."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_newest_version_of_the_changelog_is_the_projects() -> None:
    log = (ROOT / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", log, re.MULTILINE)
    assert versions[0] == PROJECT["version"]


@pytest.mark.parametrize(
    "target", re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
)
def test_a_target_of_make_has_a_sentence(target: str) -> None:
    line = re.search(rf"^{target}:.*## (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert line
    assert len(line[1]) > 10


def python_files() -> list[Path]:
    folders = ("functions", "shared_package", "client", "local", "tools", "benchmarks")
    return [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        # Installed there, and nobody's to read.
        if not {".venv", "node_modules"} & set(path.parts)
    ]


def test_no_file_is_longer_than_one_reading() -> None:
    assert not [path for path in python_files() if len(path.read_text().splitlines()) > 300]
