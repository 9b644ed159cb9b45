"""Dependencies point one way, and a cold start loads only what it needs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FRAGUA = ROOT / "shared_package" / "fragua"
DOMAINS = (
    *("accounts", "uploads", "files", "buckets", "images", "videos"),
    *("catalog", "notifications"),
)
MODULES = sorted(path for domain in DOMAINS for path in (FRAGUA / domain).glob("*.py"))
# What knows HTTP, queues or AWS by itself. Domains do not.
OUTSIDE = {
    *("aws_lambda_powertools", "boto3", "botocore", "starlette", "uvicorn", "httpx"),
    *("fragua.api", "fragua.worker", "fragua.docs", "fragua.health", "local"),
}
# The faces that a domain shows to others; the hot path may not touch accounts.service.
FACES = {"service", "sessions", "quota", "plans", "people", "kinds", "quarantine"}
HOT = [
    *("uploads.create", "uploads.list", "uploads.get", "uploads.presign", "uploads.complete"),
    *("uploads.put_fragment", "uploads.abort", "uploads.sweep", "accounts.get_session"),
]
FUNCTIONS = [f"{p.parent.name}.{p.stem}" for p in sorted((ROOT / "functions").glob("*/*.py"))]


def imports(path: Path) -> Iterator[str]:
    """Yield all names that a module imports, also late ones, but not those for types alone."""
    tree = ast.parse(path.read_text())
    typed = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in set(ast.walk(tree)) - typed:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def below(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("path", MODULES, ids=of)
def test_a_domain_knows_neither_http_nor_aws(path: Path) -> None:
    assert not [name for name in imports(path) for far in OUTSIDE if below(name, far)]


@pytest.mark.parametrize("path", MODULES, ids=of)
def test_a_domain_reaches_another_only_by_its_face(path: Path) -> None:
    others = [f"fragua.{domain}" for domain in DOMAINS if domain != path.parent.name]
    reached = [name for name in imports(path) for other in others if below(name, other)]
    assert {name.split(".")[2] for name in reached} <= FACES


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {
        path: ".".join(path.relative_to(FRAGUA.parent).with_suffix("").parts)
        for path in FRAGUA.rglob("*.py")
    }
    graph = {
        name.removesuffix(".__init__"): {
            other
            for imported in imports(path)
            for other in (imported, imported.rpartition(".")[0])
            if other in names.values() and other != name
        }
        for path, name in names.items()
    }
    while leaves := {name for name, needs in graph.items() if not needs & graph.keys()}:
        graph = {name: needs for name, needs in graph.items() if name not in leaves}
    assert not graph


ASK = """
import importlib, json, os, sys
os.environ.clear()
sys.modules.update(dict.fromkeys(json.loads(sys.argv[3])))
sys.path[:0] = json.loads(sys.argv[1])
loaded = {}
for name in json.loads(sys.argv[2]):
    importlib.import_module(name)
    loaded[name] = sorted(m for m in sys.modules if "." not in m)
from fragua import aws, settings
from fragua.database import engine
used = [aws.session, settings.settings, engine.engine]
print(json.dumps([loaded, [f.cache_info().currsize for f in used]]))
"""


@cache
def imported(*names: str, absent: tuple[str, ...] = ()) -> tuple[dict[str, list[str]], list[int]]:
    """Import functions in a process with an empty environment; return what each had loaded."""
    paths = [str(ROOT / "functions"), str(ROOT / "shared_package")]
    arguments = [json.dumps(value) for value in (paths, names, absent)]
    ran = subprocess.run(
        [sys.executable, "-c", ASK, *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    loaded, used = json.loads(ran.stdout)
    return loaded, used


@pytest.mark.parametrize("name", HOT)
def test_the_hot_path_loads_no_database(name: str) -> None:
    loaded, _ = imported(*HOT)
    assert not {"sqlalchemy", "psycopg2", "alembic", "argon2"} & set(loaded[name])


def test_every_function_is_imported_without_environment_services_and_cryptography() -> None:
    # HS256 needs no cryptography, and with it PyJWT costs a fifth of a cold start.
    loaded, _ = imported(*FUNCTIONS, absent=("cryptography",))
    assert set(loaded) == set(FUNCTIONS)


def test_importing_a_function_makes_no_client_and_reads_no_setting() -> None:
    assert imported(*FUNCTIONS, absent=("cryptography",))[1] == [0, 0, 0]


def test_the_layer_ships_no_cryptography() -> None:
    locked = (ROOT / "layer_dependencies_basic" / "requirements.txt").read_text()
    assert "\npyjwt==" in locked
    assert "\ncryptography==" not in locked
