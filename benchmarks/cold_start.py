"""How much CPU a function's cold start takes, in units of `import boto3; boto3.client("s3")`.

    make bench ARGS=cold_start

One of each kind of function runs from the built layers, in fresh processes of Lambda's Python, its
services being the local stack's. Measured is user and system time of the whole process from the
first import of the handler to its first answer. Left out, here and in the reference: the start of
Python itself with `json`, and awslambdaric. Nowhere here is there TLS. Medians of interleaved runs.

The unit is boto3 as it comes from its maker, in the layer's version and compiled like the layer;
the line after it is boto3 on the layer's botocore, whose data holds only the services that Fragua
asks, which makes that smaller unit cheaper, too. Ratios to both are shown; targets are those of the
first, which is what a function pays that takes boto3 as it is.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.artifacts import Artifacts, install
from tests.support.backend import Client, deployed, message, new_client
from tests.support.events import http_event, queue_event
from tools.build import BUILT_HERE, build, this_architecture

SCRIPT = Path(__file__).with_name("first_answer.py")
REFERENCE = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3")
# Fresh processes for each case.
ROUNDS = 15
TARGETS = {True: 2.3, False: 1.7}

Event = dict[str, Any]


@dataclass
class Case:
    """A function, how to make an event for it, and what was measured, in milliseconds."""

    name: str
    event: Callable[[], Event] | None = None
    folder: Path | None = None
    layered: bool = False
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    sql: bool = False

    def run(self, built: Artifacts, environment: dict[str, str]) -> None:
        """Measure once more."""
        handler = f"{self.name}.handler" if self.event else next(iter(built.functions))
        paths = built.paths(handler) if self.event or self.layered else []
        paths += [str(self.folder)] if self.folder else []
        job: dict[str, Any] = {"paths": paths}
        if self.event:
            job |= {"handler": handler, "event": self.event()}
        done = subprocess.run(
            built.command(SCRIPT),
            input=json.dumps(job),
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        result = json.loads(done.stdout.splitlines()[-1])
        assert _good(result["answer"]), f"{self.name} failed:\n{done.stdout}"
        self.cpu.append(result["cpu"])
        self.wall.append(result["wall"])
        self.sql = result["sql"]


def _good(answer: Any) -> bool:
    """Whether a function did its work; the reference answers nothing."""
    if answer is None or "statusCode" not in answer:
        return not (answer or {}).get("batchItemFailures")
    return bool(answer["statusCode"] < 300)


def cases(client: Client, pristine: Path) -> list[Case]:
    """One function of each kind, after the reference and what the layer makes of it."""
    upload = client.begin(b"x")
    new = {"files": [{"file_name": "a.bin", "size": 1}]}

    def get(path: str) -> Event:
        return http_event("GET", path, token=client.token)

    return [
        Case("boto3 with S3, as is", folder=pristine),
        Case("the same, layer's data", folder=pristine, layered=True),
        Case("uploads.get", lambda: get(f"/v1/uploads/{upload['id']}")),
        Case("uploads.create", lambda: http_event("POST", "/v1/uploads", new, token=client.token)),
        Case("uploads.sweep", dict),
        Case("files.list", lambda: get("/v1/files")),
        Case("uploads.assemble", lambda: _assembly(client)),
    ]


def _assembly(client: Client) -> Event:
    """Bring another upload to where the worker takes over."""
    upload = client.begin(b"x")
    assert client.complete(upload).status == 202
    return queue_event(message(client.user_id, upload["id"]), queue="none")


def measured(rounds: int) -> list[Case]:
    """Run every case once a round, in turn, so that a busy moment hits all alike."""
    built = Artifacts()
    with deployed() as environment, TemporaryDirectory() as pristine:
        _install_reference(built, Path(pristine))
        found = cases(new_client(), Path(pristine))
        variables = {
            **environment,
            "AWS_LAMBDA_FUNCTION_NAME": "function",
            # By this the code knows that it starts cold, and is not tested.
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
            "PATH": "/usr/bin:/bin",
        }
        for _ in range(rounds):
            for case in found:
                case.run(built, variables)
    return found


def _install_reference(built: Artifacts, folder: Path) -> None:
    install(built.python, folder, REFERENCE)
    compiler: list[str | Path] = [
        built.python,
        "-m",
        "compileall",
        "-q",
        "--invalidation-mode",
        "unchecked-hash",
    ]
    subprocess.run([*compiler, folder], check=True)


def table(found: list[Case]) -> str:
    """Medians and ratios, a line for each case."""
    unit, layers = (median(case.cpu) for case in found[:2])
    lines = [f"{'cold start':<22}{'CPU ms':>8}{'wall ms':>9}{'ratio':>7}{'2nd':>7}   target"]
    for case in found:
        ratio, target = median(case.cpu) / unit, TARGETS[case.sql]
        verdict = f"   <= {target} {_verdict(ratio, target, case.sql)}" if case.event else ""
        numbers = f"{median(case.cpu):8.0f}{median(case.wall):9.0f}{ratio:7.2f}"
        numbers += f"{median(case.cpu) / layers:7.2f}"
        lines.append(f"{case.name:<22}{numbers}{verdict}")
    return "\n".join(lines)


def _verdict(ratio: float, target: float, sql: bool) -> str:
    return f"{'with' if sql else 'without'} SQL, {'reached' if ratio <= target else 'missed'}"


def main() -> bool:
    """Build for this machine, measure, print the table; whether all targets are reached."""
    build(this_architecture(), BUILT_HERE, [])
    found = measured(ROUNDS)
    print(table(found))
    unit = median(found[0].cpu)
    return all(median(case.cpu) / unit <= TARGETS[case.sql] for case in found if case.event)


if __name__ == "__main__":
    main()
