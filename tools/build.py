"""What `sam deploy` sends: layers and functions, built for one architecture into .aws-sam.

    python -m tools.build                        for the template's default architecture
    python -m tools.build --architecture x86_64
    python -m tools.build --here                 for this machine, beside the build to be deployed

More arguments are handed to `sam build`.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.document import Document, read
from local.errors import TemplateError
from tools.interpreter import Missing, interpreter

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"
BUILT = ROOT / ".aws-sam/build"
# Where `make artifacts` finds what this machine can run; each has its own cache.
BUILT_HERE = ROOT / ".aws-sam/here/build"

# Of a function with all its layers, unzipped.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LIMIT = 250 * 2**20


class Failed(Exception):
    """There is nothing to deploy; the text says why."""


def runtime(document: Document) -> str:
    """The runtime of all functions, e.g. python3.13: also the name of its interpreter."""
    name: str = document["Globals"]["Function"]["Runtime"]
    return name


def build(architecture: str | None, folder: Path, options: list[str]) -> None:
    """Build into `folder`. Raises Failed, Missing or TemplateError."""
    document = read(TEMPLATE)
    parameter = document["Parameters"]["Architecture"]
    architecture = architecture or parameter["Default"]
    if architecture not in parameter["AllowedValues"]:
        raise Failed(f"ARCHITECTURE is one of {', '.join(parameter['AllowedValues'])}")
    python = interpreter(runtime(document))
    print(f"Building for {architecture} with {python}", flush=True)
    _sam(python, architecture, folder, options)
    _pin(folder / "template.yaml", architecture)
    _report(folder)


def _sam(python: Path, architecture: str, folder: Path, options: list[str]) -> None:
    command: list[str | Path] = [
        *(ROOT / ".venv-sam/bin/sam", "build", "--template-file", TEMPLATE),
        *("--build-dir", folder, "--cache-dir", folder.with_name("cache")),
        *("--parameter-overrides", f"Architecture={architecture}", *options),
    ]
    # A shim of pyenv's named like the interpreter may stand before it. And what make was told here
    # (PYTHON=..., PYTHONPATH) is not for the layers' makefiles.
    path = os.pathsep.join((str(python.parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path}
    for name in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "PYTHONPATH"):
        environment.pop(name, None)
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{done.stdout}\nsam build failed; its own words stand above")
    for name in re.findall(r"Valid cache found.* layers \((\w+)\)", done.stdout):
        print(f"  {name:<36}as built before: nothing in its folder has changed")


def _pin(template: Path, architecture: str) -> None:
    """Let the built template be deployed for no other architecture: CloudFormation refuses it."""
    document: dict[str, Any] = yaml.safe_load(template.read_text())
    document["Parameters"]["Architecture"] |= {
        "Default": architecture,
        "AllowedValues": [architecture],
    }
    template.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def _report(folder: Path) -> None:
    found = sizes(folder)
    for name, size in found.layers.items():
        print(f"  {name:<36}{size / 2**20:7.1f} MiB")
    largest = max(found.functions, key=found.functions.__getitem__)
    total = found.functions[largest]
    print(f"  {largest:<36}{total / 2**20:7.1f} MiB with its layers, of 250 allowed")
    if total > LIMIT:
        raise Failed("Lambda refuses functions and layers of this size")
    print(f"Built in {folder.relative_to(ROOT)}")


@dataclass(frozen=True)
class Sizes:
    """Bytes, unzipped, of each built layer, and of each function with all its layers."""

    layers: dict[str, int]
    functions: dict[str, int]


def sizes(folder: Path) -> Sizes:
    """Weigh what was built."""
    document = yaml.safe_load((folder / "template.yaml").read_text())
    layers, functions = dict[str, int](), dict[str, int]()
    shared = document["Globals"]["Function"]["Layers"]
    resources = document["Resources"].items()
    for name, resource in resources:
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            layers[name] = _bytes(folder / resource["Properties"]["ContentUri"])
    for name, resource in resources:
        if resource["Type"] == "AWS::Serverless::Function":
            code = _bytes(folder / resource["Properties"]["CodeUri"])
            own = (*shared, *resource["Properties"].get("Layers", []))
            functions[name] = code + sum(layers[layer["Ref"]] for layer in own)
    return Sizes(layers, functions)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def this_architecture() -> str:
    """Lambda's name of this machine's architecture. Raises Failed where no layer could run."""
    if sys.platform != "linux":
        raise Failed("Layers hold Linux libraries: this needs Linux. `make build` works anywhere.")
    return {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def main() -> None:
    """Build, and say in a sentence why it can't be done (exit 1)."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--architecture", help="arm64 or x86_64; the template's default")
    parser.add_argument("--here", action="store_true", help="for this machine")
    arguments, options = parser.parse_known_args()
    try:
        if arguments.here:
            build(this_architecture(), BUILT_HERE, options)
        else:
            build(arguments.architecture, BUILT, options)
    except (Failed, Missing, TemplateError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
