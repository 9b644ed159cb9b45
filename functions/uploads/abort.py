"""DELETE /v1/uploads/{upload_id}: end an upload and drop what arrived."""

from fragua.api import Api, Id, UserId
from fragua.uploads import service

api = Api()


@api.delete(
    "/v1/uploads/<upload_id>",
    status=204,
    summary="Abort an upload",
    tags=["uploads"],
    problems=(404, 409),
)
def abort(upload_id: Id, user: UserId) -> None:
    service.abort(user, upload_id)


handler = api.handler
