"""GET /v1/auth/session: what an access token stands for."""

from fragua import clock
from fragua.accounts.schemas import SessionInfo
from fragua.api import Api, CurrentCaller

api = Api()


@api.get("/v1/auth/session", summary="Verify a token", tags=["accounts"])
def get_session(caller: CurrentCaller) -> SessionInfo:
    return SessionInfo(
        user_id=caller.account.user_id,
        email=caller.account.email,
        role=caller.account.role,
        plan=caller.account.plan,
        session_id=caller.session.session_id,
        expires_at=clock.at(caller.expires_at),
    )


handler = api.handler
