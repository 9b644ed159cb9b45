"""PATCH /v1/users/me: change the own profile."""

from fragua.accounts import service
from fragua.accounts.schemas import ProfileChange, User
from fragua.api import Api, UserId

api = Api()


@api.patch("/v1/users/me", summary="Change the own profile", tags=["accounts"], problems=(400, 415))
def update_me(body: ProfileChange, user: UserId) -> User:
    return service.update_profile(user, body)


handler = api.handler
