"""Every route and every role: the table of permissions is what the contract says, and no more."""

from __future__ import annotations

import importlib
from typing import get_args

import pytest

from fragua.accounts import permissions
from fragua.accounts.store import Role
from fragua.api import Api
from fragua.errors import Problem
from tests.support.paths import ROOT

ROLES: tuple[Role, ...] = get_args(Role)
# Of the contract; what is not named here is for every account.
SUPERADMIN_ALONE = {
    "POST /v1/plans",
    "PATCH /v1/plans/<name>",
    "DELETE /v1/plans/<name>",
}


def _apis() -> dict[str, Api]:
    """Return the door of each function that has a route."""
    found = {}
    for path in sorted((ROOT / "functions").glob("*/*.py")):
        module = importlib.import_module(f"{path.parent.name}.{path.stem}")
        if hasattr(module, "api"):
            found[module.api.route] = module.api
    return found


APIS = _apis()
CLOSED = sorted(route for route, api in APIS.items() if not api.said.get("public"))


def may(role: Role, route: str) -> bool:
    try:
        permissions.require(role, route)
    except Problem as problem:
        if (problem.code, problem.status) != ("forbidden", 403):
            raise
        return False
    return True


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", CLOSED)
def test_a_route_is_open_to_the_roles_of_the_contract(route: str, role: Role) -> None:
    assert may(role, route) is (role == "superadmin" or route not in SUPERADMIN_ALONE)


def test_every_line_of_the_table_is_a_route_that_there_is() -> None:
    # A line with a slip of the pen would close nothing, and its route stand open to all.
    assert set(permissions.ROLES) == SUPERADMIN_ALONE <= set(CLOSED)


def test_no_line_of_the_table_is_about_a_public_route() -> None:
    # Nobody has a role there, so it would never be asked.
    assert not set(permissions.ROLES) - set(CLOSED)


def test_a_superadmin_may_everything() -> None:
    assert all("superadmin" in roles for roles in permissions.ROLES.values())


def test_what_says_that_it_can_forbid_is_documented_so() -> None:
    for route in permissions.ROLES:
        assert 403 in APIS[route].said.get("problems", ())
