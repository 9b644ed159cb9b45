"""GET /v1/users/me: the own profile."""

from fragua.accounts import service
from fragua.accounts.schemas import User
from fragua.api import Api, UserId

api = Api()


@api.get("/v1/users/me", summary="Get the own profile", tags=["accounts"])
def get_me(user: UserId) -> User:
    return service.get(user)


handler = api.handler
