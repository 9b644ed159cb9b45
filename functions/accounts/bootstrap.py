"""Invoked by hand: the first superadmin, `{"email": ..., "password": ...}`, unless there is one."""

from typing import Any

from fragua.accounts import service
from fragua.accounts.schemas import Registration


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    names = {"first_name": "Super", "last_name": "Admin"}
    user_id, created = service.bootstrap(Registration.model_validate({**names, **event}))
    return {"created": created, "user_id": str(user_id)}
