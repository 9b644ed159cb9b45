"""DELETE /v1/users/{user_id}: an account's end."""

from fragua.accounts import administration
from fragua.api import Api, Id

api = Api()


@api.delete(
    "/v1/users/<user_id>",
    status=204,
    summary="Delete a user",
    tags=["accounts"],
    problems=(403, 404, 409),
)
def delete_user(user_id: Id) -> None:
    administration.delete(user_id)


handler = api.handler
