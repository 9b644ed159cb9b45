"""What judges a deployment after the pipeline made it passes here, too, and leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.paths import ROOT


def judged(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--no-cov", "-q", "-x", "tests/smoke"],
        cwd=ROOT,
        env=os.environ | {"FRAGUA_BASE_URL": url},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


@pytest.mark.timeout(180)
def test_a_stack_that_serves_is_called_good(base_url: str) -> None:
    done = judged(base_url)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@pytest.mark.timeout(180)
def test_an_address_where_nothing_serves_is_not() -> None:
    assert judged("http://127.0.0.1:9").returncode == 1
