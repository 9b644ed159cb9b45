"""Every function, as built, answers its event under Lambda's own runtime client."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.document import handler_modules, read
from tests.integration.test_events import EXPECTED, outcome, prepared
from tests.support.artifacts import Artifacts
from tests.support.backend import Client
from tests.support.paths import ROOT
from tests.support.runtime_api import runtime_api

SECONDS = 50
BOOTSTRAP = Path(__file__).with_name("lambda_bootstrap.py")
# In order: the event of login comes before that of register, whose user it names.
MODULES = sorted(handler_modules(read(ROOT / "template.yaml")))
# Of /var/runtime's folder, what awslambdaric may use.
RUNTIME_MODULES = {"awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py"}


def lambda_environment(backend: dict[str, str], api: str) -> dict[str, str]:
    """Make the environment of a function: the template's, Lambda's, and nothing of this process."""
    return {
        **backend,
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/bin:/bin",
        "TZ": ":UTC",
    }


@dataclass(frozen=True)
class Bench:
    """All that a built function needs to run: itself, Lambda's side of it, and the services."""

    built: Artifacts
    var_runtime: Path
    environment: dict[str, str]
    report: Path

    def invoke(self, handler: str, event: Any) -> Any:
        """Return what a function answers in a new process; the report names its modules."""
        folders = (str(self.var_runtime), *self.built.paths(handler))
        with runtime_api(event, SECONDS) as api:
            done = subprocess.run(
                self.built.command(BOOTSTRAP, handler, str(self.report), *folders),
                env=lambda_environment(self.environment, api.address),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        assert api.error is None, f"{handler}: {api.error}\n{done.stdout}"
        assert api.answer is not None, f"{handler} answered nothing:\n{done.stdout}"
        return api.answer

    def foreign(self, handler: str) -> dict[str, str]:
        """Return the modules, with their files, that will not be there in Lambda."""
        library = f"{self.built.python.resolve().parent.parent}/lib/python3.13/"
        own = (*self.built.paths(handler), str(BOOTSTRAP))
        return {
            name: file
            for name, file in json.loads(self.report.read_text()).items()
            if file
            and not file.startswith(own)
            and not (file.startswith(library) and "site-packages" not in file)
            and not (
                file.startswith(str(self.var_runtime)) and name.partition(".")[0] in RUNTIME_MODULES
            )
        }


@pytest.fixture
def bench(built: Artifacts, var_runtime: Path, backend: dict[str, str], tmp_path: Path) -> Bench:
    return Bench(built, var_runtime, backend, tmp_path / "modules.json")


@pytest.mark.parametrize("module", MODULES)
def test_a_built_function_answers_its_event(module: str, bench: Bench, client: Client) -> None:
    name = module.replace(".", "/")
    event = prepared(ROOT / "events" / f"{name}.json", client)
    answer = bench.invoke(f"{module}.handler", event)
    assert outcome(answer, name) == EXPECTED.get(name, 200), answer
    assert bench.foreign(f"{module}.handler") == {}
