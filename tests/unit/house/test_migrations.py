"""A release works on a database that the next one has migrated: first expand, then contract."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

VERSIONS = ROOT / "shared_package" / "fragua" / "database" / "migrations" / "versions"
MIGRATIONS = sorted(VERSIONS.glob("*.py"))
# What takes something away from whoever runs the release before.
CONTRACTING = {"alter_column", "drop_column", "drop_constraint", "drop_table", "rename_table"}
# Migrations that may: revision, and since which release nobody has used what goes.
CONTRACTS: dict[str, str] = {}


def upgrading(path: Path) -> ast.FunctionDef:
    functions = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)]
    return next(function for function in functions if function.name == "upgrade")


def operations(path: Path) -> Iterator[ast.Call]:
    """Yield the calls of Alembic's operations in a migration's `upgrade`."""
    for node in ast.walk(upgrading(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("op."):
            yield node


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", MIGRATIONS, ids=name_of)
def test_a_migration_takes_nothing_away_from_the_release_before(path: Path) -> None:
    taken = {node.func.attr for node in operations(path) if isinstance(node.func, ast.Attribute)}
    assert taken & CONTRACTING == set() or path.stem.partition("_")[0] in CONTRACTS


@pytest.mark.parametrize("path", MIGRATIONS, ids=name_of)
def test_a_new_column_may_be_left_out_by_the_release_before(path: Path) -> None:
    for node in operations(path):
        if ast.unparse(node.func) == "op.add_column":
            column = node.args[1]
            assert isinstance(column, ast.Call)
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in column.keywords}
            assert given.get("nullable") != "False" or "server_default" in given


@pytest.mark.parametrize("path", MIGRATIONS, ids=name_of)
def test_sql_that_is_written_out_takes_nothing_away_either(path: Path) -> None:
    written = ast.unparse(upgrading(path)).lower()
    for words in ("drop table", "drop column", "rename", "set not null", "alter column"):
        assert words not in written
