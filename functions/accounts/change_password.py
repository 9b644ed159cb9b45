"""POST /v1/auth/password: a new password; every other session ends."""

from fragua.accounts import service
from fragua.accounts.schemas import PasswordChange
from fragua.api import Address, Api, CurrentCaller

api = Api()


@api.post(
    "/v1/auth/password",
    status=204,
    summary="Change the password",
    tags=["accounts"],
    problems=(400, 403, 415, 429),
)
def change_password(body: PasswordChange, caller: CurrentCaller, address: Address) -> None:
    service.change_password(caller.session, body.current_password, body.new_password, address)


handler = api.handler
