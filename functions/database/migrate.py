"""Invoked before traffic meets new code: bring the database to the newest revision."""

from typing import Any

from fragua.database import migrate


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    return {"revision": migrate.upgrade()}
