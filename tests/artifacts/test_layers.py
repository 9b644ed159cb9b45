"""What is shipped: compiled, whole, small enough, and nothing that Lambda has no use for."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import botocore
import pytest

from local.document import read
from tests.support.artifacts import Artifacts
from tests.support.paths import ROOT
from tools.build import LIMIT, TEMPLATE, runtime, sizes, this_architecture

JUDGE = Path(__file__).with_name("judge_layers.py")
IMPORTER = Path(__file__).with_name("import_all.py")
DESCRIBER = Path(__file__).with_name("describe_clients.py")
# Layers of libraries, and what each must hold in any case.
WANTED = {
    "BasicLayer": {"botocore", "sqlalchemy", "pydantic"},
    "ImagesLayer": {"pillow", "pillow-heif"},
    "VideoLayer": {"imageio-ffmpeg"},
}
UNWANTED = {"tests", "test", "bin", ".git", ".venv", "node_modules"}


def files(folder: Path) -> set[str]:
    """All files of a folder but the compiled ones, as relative paths."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def of_the_project(folder: str) -> set[str]:
    """All files of the work tree in a folder that git doesn't ignore."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "."]
    found = subprocess.check_output(listed, cwd=ROOT / folder, text=True).splitlines()
    return {name for name in found if (ROOT / folder / name).exists()}


def folders_of_distributions(built: Artifacts, layer: str) -> set[str]:
    return {path.name for path in (built.layers[layer] / "python").glob("*.dist-info")}


def test_every_module_of_the_layers_is_compiled_for_lambda(built: Artifacts) -> None:
    command = built.command(JUDGE, *map(str, built.layers.values()))
    faults = json.loads(subprocess.check_output(command))
    assert faults == {}


@pytest.mark.parametrize(
    ("layer", "handler"),
    [
        ("ImagesLayer", "images.make_thumbnails.handler"),
        ("VideoLayer", "videos.render.handler"),
    ],
)
def test_only_its_worker_carries_a_layer(built: Artifacts, layer: str, handler: str) -> None:
    assert [name for name in built.functions if layer in built.layers_of(name)] == [handler]


def test_ffmpeg_can_be_run_from_its_layer(built: Artifacts) -> None:
    (program,) = (built.layers["VideoLayer"] / "python/imageio_ffmpeg/binaries").glob("ffmpeg-*")
    said = subprocess.check_output([program, "-version"], text=True, env={})
    assert said.startswith("ffmpeg version")


def test_all_functions_are_imported_from_their_layers_alone(built: Artifacts) -> None:
    alike: dict[tuple[str, ...], list[str]] = {}
    for handler in built.functions:
        alike.setdefault(tuple(built.paths(handler)[1:]), []).append(handler)
    for handlers in alike.values():
        command = built.command(IMPORTER, *built.paths(handlers[0]), "--", *handlers)
        done = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == handlers


def test_a_function_with_its_layers_is_within_the_limit(built: Artifacts) -> None:
    found = sizes(built.folder).functions
    assert len(found) == len(built.functions)
    assert 20 * 2**20 < min(found.values()) < max(found.values()) < LIMIT


def test_the_functions_are_what_the_project_has(built: Artifacts) -> None:
    for folder in built.functions.values():
        assert files(folder) == of_the_project("functions")
        assert not [*folder.rglob("*.pyc")]


def test_the_shared_layer_is_the_package_alone(built: Artifacts) -> None:
    found = files(built.layers["SharedLayer"] / "python" / "fragua")
    assert found == of_the_project("shared_package/fragua")
    assert [path.name for path in built.layers["SharedLayer"].glob("*/*")] == ["fragua"]


@pytest.mark.parametrize(("layer", "packages"), WANTED.items())
def test_a_layer_holds_what_is_locked(built: Artifacts, layer: str, packages: set[str]) -> None:
    folder = f"layer_dependencies_{layer.removesuffix('Layer').lower()}"
    lock = (ROOT / folder / "requirements.txt").read_text()
    locked = {line.split()[0].split(";")[0] for line in lock.splitlines() if line[:1].isalpha()}
    found = {
        name.removesuffix(".dist-info").replace("-", "==").replace("_", "-").lower()
        for name in folders_of_distributions(built, layer)
    }
    # A package for other systems, e.g. Windows, is locked as well but not installed here.
    assert found <= locked
    assert {name.partition("==")[0] for name in found} >= packages


def test_no_two_layers_ship_the_same_file(built: Artifacts) -> None:
    for one, other in combinations(map(files, built.layers.values()), 2):
        assert not one & other


@pytest.mark.parametrize("layer", [*WANTED, "SharedLayer"])
def test_a_layer_holds_nothing_of_a_workplace(built: Artifacts, layer: str) -> None:
    folder = built.layers[layer]
    assert [path.name for path in folder.iterdir()] == ["python"]
    inside = [path.relative_to(folder) for path in folder.rglob("*")]
    assert not [path for path in inside if UNWANTED & set(path.parts) or path.suffix == ".env"]
    place = str(ROOT).encode()
    assert not [path for path in folder.rglob("*") if path.is_file() and place in path.read_bytes()]


def test_libraries_are_of_one_architecture_and_the_template_admits_no_other(
    built: Artifacts,
) -> None:
    machine = {"arm64": "aarch64"}.get(this_architecture(), this_architecture())
    modules = [
        path.name for layer in WANTED for path in built.layers[layer].rglob("*.cpython-*.so")
    ]
    assert len(modules) > 8
    version = runtime(read(TEMPLATE)).removeprefix("python").replace(".", "")
    assert not [n for n in modules if not n.endswith(f".cpython-{version}-{machine}-linux-gnu.so")]
    assert built.parameters["Architecture"]["AllowedValues"] == [this_architecture()]


def test_the_sdks_clients_are_those_of_its_whole_data(built: Artifacts) -> None:
    makefile = (ROOT / "layer_dependencies_basic/Makefile").read_text()
    services = makefile.partition("\nSERVICES := ")[2].partition("\n")[0].split()
    layer = str(built.layers["BasicLayer"] / "python")
    # The same version of botocore is in this environment, with all that it came with.
    whole = str(Path(botocore.__file__).parent.parent)
    arguments = ("--", *services)
    no_account = {"AWS_EC2_METADATA_DISABLED": "true"}
    in_layer, expected = (
        json.loads(subprocess.check_output(command, env=no_account))
        for command in (
            built.command(DESCRIBER, layer, *arguments),
            [sys.executable, "-I", "-S", "-B", str(DESCRIBER), whole, *arguments],
        )
    )
    assert sorted(expected) == sorted(services)
    assert in_layer == expected
