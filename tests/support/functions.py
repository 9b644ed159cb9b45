"""The functions as template.yaml has them."""

from __future__ import annotations

from local.document import read
from tests.support.paths import ROOT


def in_the_database() -> dict[str, tuple[str, set[str]]]:
    """Name the routes that use PostgreSQL: their methods, and their managed policies."""
    found = {}
    for resource in read(ROOT / "template.yaml")["Resources"].values():
        function = resource["Properties"]
        policies = {policy.get("Ref", "") for policy in function.get("Policies", [])}
        events = function.get("Events", {})
        if "Http" in events and "DatabasePolicy" in policies:
            method = events["Http"]["Properties"]["Method"]
            found[function["Handler"].removesuffix(".handler")] = (method, policies)
    return found


def of_callers_in_the_database() -> dict[str, tuple[str, set[str]]]:
    """Name those of them that find out who asks."""
    return {
        name: (method, policies)
        for name, (method, policies) in in_the_database().items()
        if "AuthenticatePolicy" in policies
    }
