"""POST /v1/auth/logout: end this session, or all of them."""

from fragua.accounts import service
from fragua.accounts.schemas import Logout
from fragua.api import Api, CurrentCaller

api = Api()


@api.post("/v1/auth/logout", status=204, summary="Log out", tags=["accounts"], problems=(400, 415))
def logout(caller: CurrentCaller, body: Logout | None = None) -> None:
    service.logout(caller.session, everywhere=body is not None and body.everywhere)


handler = api.handler
