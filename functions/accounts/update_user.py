"""PATCH /v1/users/{user_id}: somebody's role, plan, profile, and whether they may come in."""

from fragua.accounts import administration
from fragua.accounts.schemas import User, UserChange
from fragua.api import Api, Id

api = Api()


@api.patch(
    "/v1/users/<user_id>",
    summary="Change a user",
    tags=["accounts"],
    problems=(400, 403, 404, 409, 415),
)
def update_user(user_id: Id, body: UserChange) -> User:
    return administration.change(user_id, body)


handler = api.handler
