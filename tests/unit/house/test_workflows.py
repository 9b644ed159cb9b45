"""What the workflows promise: nothing unpinned runs, and nothing has more rights than it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

PATHS = sorted((ROOT / ".github" / "workflows").iterdir())
EACH = pytest.mark.parametrize("path", PATHS, ids=[path.name for path in PATHS])
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*")
# What the one who opens an issue, a pull request or the dialog of a run has written.
TAINTED = re.compile(
    r"\$\{\{((?!\}\}).)*\b(github\.event\b|github\.head_ref\b|inputs\b)", re.DOTALL
)

Workflow = dict[Any, Any]


def load(path: Path) -> Workflow:
    workflow: Workflow = yaml.safe_load(path.read_text())
    return workflow


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load(path)["jobs"]
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in jobs(path).values():
        yield from job.get("steps", [])


def events(path: Path) -> set[str]:
    # YAML 1.1 takes the key `on` for a yes.
    given = load(path)[True]
    return {given} if isinstance(given, str) else set(given)


def test_there_are_workflows_and_nothing_else_beside_them() -> None:
    assert PATHS
    # The Makefile and all tests here look for these.
    assert {path.suffix for path in PATHS} == {".yaml"}


@EACH
def test_an_action_is_pinned_by_its_commit_and_says_which_version_that_is(path: Path) -> None:
    used = re.findall(r"^[ -]*uses: *(.+)$", path.read_text(), re.MULTILINE)
    ours = [name for name in used if name.startswith("./")]
    assert [name for name in used if name not in ours and not PINNED.fullmatch(name)] == []
    # None is hidden from the line above by another way to write it.
    parsed = [one["uses"] for one in (*steps(path), *jobs(path).values()) if "uses" in one]
    assert sorted(name.partition(" ")[0] for name in used) == sorted(parsed)


@EACH
def test_a_workflow_gives_no_right_to_all_of_its_jobs(path: Path) -> None:
    assert load(path)["permissions"] == {}


@EACH
def test_a_job_names_its_rights_one_by_one(path: Path) -> None:
    # `write-all` and `read-all` are the other way; who names none has none.
    for job in jobs(path).values():
        assert isinstance(job.get("permissions", {}), dict)


@EACH
def test_a_workflow_says_what_becomes_of_a_second_run(path: Path) -> None:
    if events(path) == {"workflow_call"}:
        # Its caller says it for both.
        return
    concurrency = load(path)["concurrency"]
    assert concurrency["group"]
    assert isinstance(concurrency["cancel-in-progress"], bool)


@EACH
def test_a_job_ends_by_itself(path: Path) -> None:
    for job in jobs(path).values():
        # A job that calls another workflow has no time of its own; that one's jobs have.
        assert "uses" in job or 0 < job["timeout-minutes"] <= 120


@EACH
def test_no_stranger_starts_a_workflow_that_knows_secrets(path: Path) -> None:
    # Both run with the rights of the repository on what a pull request from a fork brings.
    assert not events(path) & {"pull_request_target", "workflow_run"}


@EACH
def test_no_script_is_put_together_from_what_somebody_wrote(path: Path) -> None:
    written = [(step.get("run"), step.get("with", {}).get("script")) for step in steps(path)]
    scripts = [str(script) for both in written for script in both]
    assert [found[0] for found in map(TAINTED.search, scripts) if found] == []


@EACH
def test_a_checkout_leaves_no_token_behind(path: Path) -> None:
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@EACH
def test_who_asks_for_an_identity_runs_in_an_environment(path: Path) -> None:
    # Its name is part of the identity's subject, which the roles in AWS trust, and who approves a
    # run is asked by it.
    for job in jobs(path).values():
        # One that calls another workflow can't have an environment; the jobs it calls have.
        if "uses" not in job and job.get("permissions", {}).get("id-token") == "write":
            assert job["environment"]


@pytest.mark.parametrize(
    "script",
    [
        "echo ${{ github.event.issue.title }}",
        "deploy ${{inputs.stage}}",
        "git log ${{ format('{0}', github.head_ref) }}",
        "echo ${{ github.event.inputs.stage }}",
    ],
)
def test_what_somebody_wrote_is_found_in_a_script(script: str) -> None:
    assert TAINTED.search(script)


@pytest.mark.parametrize("script", ["echo ${{ github.sha }}", "echo $INPUTS inputs.stage"])
def test_what_we_know_is_none_of_that(script: str) -> None:
    assert not TAINTED.search(script)
