"""A pytest plugin: after a whole run, what roles allow and no function asked for fails it.

Each process of the run notes what its functions asked AWS for (tests/support/permissions.py); they
are put together here, where all of them have ended. Only what passes the whole run says so much.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.support.backend import recorder
from tests.support.permissions import Call, not_used

_CALLS, _UNUSED = pytest.StashKey[set[Call]](), pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing."""
    config.stash[_CALLS] = set()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take what a worker of xdist has noted."""
    calls: Iterable[list[str]] = getattr(node, "workeroutput", {}).get("calls", [])
    node.config.stash[_CALLS].update(Call(*call) for call in calls)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand on what was noted; judge it where everything has come together."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["calls"] = [list(call) for call in recorder.seen]
    elif _is_whole(session):
        config.stash[_UNUSED] = not_used(config.stash[_CALLS] | recorder.seen)
        if config.stash[_UNUSED]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what is allowed and never asked for."""
    for line in config.stash.get(_UNUSED, []):
        terminalreporter.write_line(f"UNUSED {line}", red=True)


def _is_whole(session: pytest.Session) -> bool:
    """Whether all tests ran, and none failed: a part of them asks for a part."""
    config = session.config
    chosen = config.getoption("keyword") or config.getoption("markexpr")
    everything = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    return everything and not chosen and session.testsfailed == 0
