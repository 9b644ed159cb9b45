"""POST /v1/auth/login: begin a session."""

from fragua.accounts import service
from fragua.accounts.schemas import Login, Tokens
from fragua.api import Address, Api

api = Api()


@api.post(
    "/v1/auth/login",
    summary="Log in",
    tags=["accounts"],
    problems=(400, 401, 415, 429),
)
def login(body: Login, address: Address) -> Tokens:
    return service.login(body.email, body.password, address)


handler = api.handler
