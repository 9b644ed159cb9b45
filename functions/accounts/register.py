"""POST /v1/auth/register: a new account."""

from fragua.accounts import service
from fragua.accounts.schemas import Registration, User
from fragua.api import Api, Repeatable

api = Api()


@api.post(
    "/v1/auth/register",
    repeatable=True,
    status=201,
    summary="Create an account",
    tags=["accounts"],
    problems=(400, 409, 415),
)
def register(body: Registration, once: Repeatable) -> User:
    return service.register(body, once=once)


handler = api.handler
