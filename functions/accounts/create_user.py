"""POST /v1/users: an account for somebody else, in any role."""

from fragua.accounts import administration
from fragua.accounts.schemas import NewUser, User
from fragua.api import Api, Repeatable, UserId

api = Api()


@api.post(
    "/v1/users",
    status=201,
    summary="Create a user",
    tags=["accounts"],
    repeatable=True,
    problems=(400, 403, 404, 409, 415),
)
def create_user(body: NewUser, user: UserId, once: Repeatable) -> User:
    return administration.create(user, body, once)


handler = api.handler
