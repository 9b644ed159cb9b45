"""Before serving: the database's schema, and the first superadmin."""

import os
import secrets
from dataclasses import dataclass

from local.errors import StackError
from local.generation import Generation
from local.plan import Plan

_EMAIL = "admin@example.com"


@dataclass(frozen=True)
class Account:
    """The first superadmin; a made-up password has to be shown."""

    email: str
    password: str
    made_up: bool


def migrate(generation: Generation, plan: Plan) -> None:
    """Brings the schema to the newest revision, where the template has a function for it."""
    if "MigrateFunction" in plan.functions:
        generation.invoke("MigrateFunction", {})


def wanted() -> Account:
    """The account that the environment asks for, or one with a made-up password.

    Raises StackError for half an account.
    """
    email = os.environ.get("FRAGUA_SUPERADMIN_EMAIL")
    password = os.environ.get("FRAGUA_SUPERADMIN_PASSWORD")
    if bool(email) != bool(password):
        raise StackError(
            "set both FRAGUA_SUPERADMIN_EMAIL and FRAGUA_SUPERADMIN_PASSWORD, or none of them"
        )
    return Account(email or _EMAIL, password or secrets.token_urlsafe(12), not password)


def first_superadmin(generation: Generation, plan: Plan, account: Account) -> str | None:
    """Creates the first superadmin, where the template has a function for it, and names it."""
    if "BootstrapFunction" not in plan.functions:
        return None
    wanted = {"email": account.email, "password": account.password, "only_first": True}
    if not generation.invoke("BootstrapFunction", wanted)["created"]:
        return "whoever is one in this database"
    return f"{account.email} / {account.password if account.made_up else 'as given'}"
