"""POST /v1/auth/register: a new account."""

from fragua.accounts import service
from fragua.accounts.schemas import Registration, User
from fragua.api import Address, Api, Repeatable

api = Api()


@api.post(
    "/v1/auth/register",
    repeatable=True,
    status=201,
    summary="Create an account",
    tags=["accounts"],
    problems=(400, 409, 415, 429),
)
def register(body: Registration, address: Address, once: Repeatable) -> User:
    return service.register(body, address, once)


handler = api.handler
