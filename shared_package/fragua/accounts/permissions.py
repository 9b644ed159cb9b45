"""Which roles may use which route; a route that is not listed is open to every account."""

from __future__ import annotations

from collections.abc import Mapping

from fragua.accounts.store import Role
from fragua.errors import Problem

_SUPERADMIN: frozenset[Role] = frozenset({"superadmin"})

# Method and path as the function says them.
ROLES: Mapping[str, frozenset[Role]] = {
    "POST /v1/plans": _SUPERADMIN,
    "PATCH /v1/plans/<name>": _SUPERADMIN,
    "DELETE /v1/plans/<name>": _SUPERADMIN,
}


def require(role: Role, route: str) -> None:
    """Raise `Problem` forbidden unless the role may use the route."""
    if role not in ROLES.get(route, {role}):
        raise Problem("forbidden")
