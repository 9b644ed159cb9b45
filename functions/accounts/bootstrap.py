"""Invoked by hand: `{"email": ..., "password": ...}` makes somebody a superadmin.

An account that there is keeps its password, and must have the one that is given; without one the
answer's `user_id` is null where there is no account. With `"only_first": true` nothing is done
where there is a superadmin.
"""

from typing import Any

from fragua.accounts import administration
from fragua.accounts.schemas import Superadmin


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    user_id, created = administration.make_superadmin(Superadmin.model_validate(event))
    return {"created": created, "user_id": str(user_id) if user_id else None}
