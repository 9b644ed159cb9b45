"""A part of each deployment, or invoked by hand: bring the database to the newest revision."""

from fragua.accounts import plans
from fragua.database import migrate, roles
from fragua.resource import resource_handler
from fragua.settings import settings


def bring_up() -> dict[str, str]:
    revision = migrate.upgrade()
    role = settings().database_role
    if role:
        roles.provide(role)
    plans.write_all()
    # An attribute of a resource is never empty.
    return {"revision": revision, "role": role or "none"}


handler = resource_handler(bring_up)
