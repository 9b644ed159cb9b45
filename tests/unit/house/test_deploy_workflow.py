"""How GitHub deploys: one build, tried before it goes on, signed for only where it has to be."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.iterdir())}
DEPLOY: dict[str, dict[str, Any]] = WORKFLOWS["deploy.yaml"]["jobs"]
JOBS = [
    pytest.param(job, id=f"{name}-{key}")
    for name, workflow in WORKFLOWS.items()
    for key, job in workflow["jobs"].items()
]


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = job.get("steps", [])
    return found


@pytest.mark.parametrize("job", JOBS)
def test_a_job_reads_the_code_and_only_one_of_an_environment_is_signed_for(
    job: dict[str, Any],
) -> None:
    signed = {"id-token": "write"} if "environment" in job else {}
    assert job["permissions"] == {"contents": "read"} | signed


def test_a_change_is_checked_and_built_and_tried_before_it_comes_to_production() -> None:
    order = {name: job.get("needs") for name, job in DEPLOY.items()}
    assert order == {
        "check": None,
        "build": "check",
        "testing": "build",
        "smoke": "testing",
        "production": "smoke",
    }


@pytest.mark.parametrize("name", ["testing", "production"])
def test_a_deployment_has_the_environment_that_aws_believes(name: str) -> None:
    job = DEPLOY[name]
    assert job["environment"]["name"] == name
    assert any(step.get("run") == f"bash .ci/deploy {name}" for step in steps(job))


@pytest.mark.parametrize("name", ["testing", "production"])
def test_deployments_of_a_stage_wait_for_each_other_and_none_is_ended_half_way(name: str) -> None:
    wanted = {"group": f"deploy-{name}", "cancel-in-progress": False}
    assert DEPLOY[name]["concurrency"] == wanted


@pytest.mark.parametrize("name", ["testing", "production"])
def test_both_stages_get_the_one_build(name: str) -> None:
    uses = [step.get("uses", "").partition("@")[0] for step in steps(DEPLOY[name])]
    assert "actions/download-artifact" in uses
    assert not any("make build" in step.get("run", "") for step in steps(DEPLOY[name]))


def test_a_change_of_what_a_layer_is_made_from_is_another_key() -> None:
    (cache,) = [s for s in steps(DEPLOY["build"]) if s.get("uses", "").startswith("actions/cache@")]
    named = re.findall(r"'([^']+)'", cache["with"]["key"])
    layers = [str(path.relative_to(ROOT)) for path in ROOT.glob("layer_dependencies_*/*.txt")]
    assert layers
    assert named == ["layer.mk", "layer_dependencies_*/**", "requirements-sam.txt"]


def test_nothing_is_deployed_from_a_pull_request() -> None:
    # YAML reads the key as a boolean.
    assert WORKFLOWS["deploy.yaml"][True] == {"push": {"branches": ["main"]}}
