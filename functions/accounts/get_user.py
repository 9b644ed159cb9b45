"""GET /v1/users/{user_id}: somebody's account."""

from fragua.accounts import service
from fragua.accounts.schemas import User
from fragua.api import Api, Id

api = Api()


@api.get("/v1/users/<user_id>", summary="Get a user", tags=["accounts"], problems=(403, 404))
def get_user(user_id: Id) -> User:
    return service.get(user_id)


handler = api.handler
