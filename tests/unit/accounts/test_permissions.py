"""Every route, every role: the table of permissions is what the contract says, and no more."""

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
PUBLIC = {
    "POST /v1/auth/register",
    "POST /v1/auth/login",
    "POST /v1/auth/refresh",
    "GET /l/<token>",
    "HEAD /l/<token>",
    "GET /v1/public/videos",
    "GET /v1/public/rankings",
    "GET /v1/products",
    "GET /v1/products/<sku>",
    "HEAD /v1/products/<sku>",
    "GET /v1/health",
    "GET /v1/openapi.json",
    "GET /docs",
}
SUPERADMIN_ALONE = {
    "POST /v1/plans",
    "PATCH /v1/plans/<name>",
    "DELETE /v1/plans/<name>",
    "POST /v1/users",
    "PATCH /v1/users/<user_id>",
    "DELETE /v1/users/<user_id>",
}
ADMINS_ALONE = {
    "GET /v1/users",
    "GET /v1/users/<user_id>",
    "POST /v1/products",
    "PATCH /v1/products/<sku>",
    "DELETE /v1/products/<sku>",
    "GET /v1/products/<sku>/history",
    "GET /v1/reports/product-views",
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


def expected(route: str) -> set[Role]:
    if route in SUPERADMIN_ALONE:
        return {"superadmin"}
    return {"superadmin", "admin"} if route in ADMINS_ALONE else set(ROLES)


def may(role: Role, route: str) -> bool:
    try:
        permissions.require(role, permissions.ROLES[route])
    except Problem as problem:
        if (problem.code, problem.status) != ("forbidden", 403):
            raise
        return False
    return True


def test_the_table_has_exactly_the_routes_that_there_are() -> None:
    assert set(permissions.ROLES) == set(APIS)


def test_a_route_that_is_not_in_the_table_can_not_be_made() -> None:
    with pytest.raises(KeyError, match="/v1/forgotten"):
        Api().get("/v1/forgotten", summary="", tags=[])


@pytest.mark.parametrize("route", sorted(APIS))
def test_a_route_is_open_to_the_roles_of_the_contract(route: str) -> None:
    assert {role for role in ROLES if may(role, route)} == expected(route)


def test_only_the_public_routes_of_the_contract_are_open_to_everybody() -> None:
    assert {route for route, api in APIS.items() if api.public} == PUBLIC


def test_what_can_forbid_by_role_is_documented_so() -> None:
    for route in SUPERADMIN_ALONE | ADMINS_ALONE:
        assert 403 in APIS[route].said.get("problems", ())
