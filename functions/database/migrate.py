"""Invoked before traffic meets new code: bring the database to the newest revision."""

from typing import Any

from fragua.accounts import plans
from fragua.database import migrate


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    revision = migrate.upgrade()
    plans.write_all()
    return {"revision": revision}
