"""What `make artifacts` built, as Lambda sees it: functions, layers, and the Python they run with.

    built = Artifacts(); built.command("uploads.create.handler", ...)

Nothing of this project's environment is on the path of what runs here: `-I -S` shuts it out. And
`-B` leaves the build as it is, as the folders of Lambda do, which are read-only.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from local.document import read
from tests.support.paths import ROOT
from tools.build import BUILT_HERE, TEMPLATE, runtime
from tools.interpreter import interpreter

# Of the locked packages, those that stand in Lambda's own /var/runtime, as far as a handler needs.
RUNTIME_PACKAGES = ("awslambdaric", "simplejson", "snapshot-restore-py")
_LAYER, _FUNCTION = "AWS::Serverless::LayerVersion", "AWS::Serverless::Function"


@dataclass(frozen=True)
class Artifacts:
    """The build for this machine. AssertionError where there is none, or only an old one."""

    folder: Path = BUILT_HERE

    def __post_init__(self) -> None:
        assert (self.folder / "template.yaml").exists(), "nothing is built: run `make artifacts`"

    @cached_property
    def _template(self) -> dict[str, dict[str, Any]]:
        found: dict[str, Any] = yaml.safe_load((self.folder / "template.yaml").read_text())
        return found

    @property
    def resources(self) -> dict[str, Any]:
        """The resources of the built template."""
        return self._template["Resources"]

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the built template."""
        return self._template["Parameters"]

    @cached_property
    def layers(self) -> dict[str, Path]:
        """Each layer's folder: what is unpacked to /opt."""
        return {
            name: self.folder / resource["Properties"]["ContentUri"]
            for name, resource in self.resources.items()
            if resource["Type"] == _LAYER
        }

    @cached_property
    def functions(self) -> dict[str, Path]:
        """Each function's folder by its handler: what is unpacked to /var/task."""
        return {
            resource["Properties"]["Handler"]: self.folder / resource["Properties"]["CodeUri"]
            for resource in self.resources.values()
            if resource["Type"] == _FUNCTION
        }

    @cached_property
    def python(self) -> Path:
        """An interpreter of the functions' runtime."""
        return interpreter(runtime(read(TEMPLATE)))

    def layers_of(self, handler: str) -> list[str]:
        """The names of a function's layers: those that all have, then its own."""
        (own,) = (
            resource["Properties"].get("Layers", [])
            for resource in self.resources.values()
            if resource["Properties"].get("Handler") == handler
        )
        shared = self._template["Globals"]["Function"]["Layers"]
        return [layer["Ref"] for layer in (*shared, *own)]

    def paths(self, handler: str) -> list[str]:
        """The front of Lambda's path: the function, then its layers."""
        layers = [str(self.layers[name] / "python") for name in self.layers_of(handler)]
        return [str(self.functions[handler]), *layers]

    def command(self, script: Path, *arguments: str) -> list[str]:
        """A command that runs a script with the standard library alone on the path."""
        return [str(self.python), "-I", "-S", "-B", str(script), *arguments]


def install(python: Path, folder: Path, packages: tuple[str, ...] = RUNTIME_PACKAGES) -> None:
    """Put packages, as locked, into a folder of their own; without a choice, awslambdaric."""
    locked = folder / "requirements.txt"
    locked.write_text(_entries((ROOT / "requirements-dev.txt").read_text(), packages))
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [
            *(uv, "pip", "install", "--quiet", "--python", python, "--target", folder),
            *("--no-deps", "--require-hashes", "--requirement", locked),
        ],
        check=True,
    )


def _entries(lock: str, names: tuple[str, ...]) -> str:
    """The lines of a lock that belong to some of its packages."""
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)
    found = [block for block in blocks if block.partition("==")[0] in names]
    assert len(found) == len(names), f"the lock must hold {', '.join(names)}"
    return "".join(found)
