"""The basic layer leaves out the SDK's data of services that nobody asks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from local.document import read
from tests.support.paths import ROOT

ASKING = {"call", "client"}


def services_asked() -> Iterator[str]:
    """Yield the service of each `aws.call("service", ...)` of the code that is deployed."""
    for folder in ("functions", "shared_package"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args and _name(node.func) in ASKING:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_the_layer_keeps_the_services_that_the_code_asks() -> None:
    makefile = (ROOT / "layer_dependencies_basic/Makefile").read_text()
    kept = re.search(r"^SERVICES := (.+)$", makefile, re.MULTILINE)
    assert kept
    assert sorted(kept[1].split()) == sorted(set(services_asked()))


def test_a_layer_can_be_built_for_every_architecture_of_the_template() -> None:
    allowed = read(ROOT / "template.yaml")["Parameters"]["Architecture"]["AllowedValues"]
    for layer in ROOT.glob("layer_dependencies_*"):
        folders = layer.glob("*/platforms")
        assert sorted(path.parent.name for path in folders) == sorted(allowed), layer.name
