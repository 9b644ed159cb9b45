"""POST /v1/auth/refresh: spend a refresh token for new tokens."""

from fragua.accounts import service
from fragua.accounts.schemas import Refresh, Tokens
from fragua.api import Api

api = Api()


@api.post(
    "/v1/auth/refresh",
    summary="Refresh the tokens",
    tags=["accounts"],
    problems=(400, 401, 415),
)
def refresh(body: Refresh) -> Tokens:
    return service.refresh(body.refresh_token)


handler = api.handler
