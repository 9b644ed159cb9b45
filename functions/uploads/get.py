"""GET /v1/uploads/{upload_id}: an upload's progress."""

from fragua.api import Api, Id, UserId
from fragua.uploads import service
from fragua.uploads.schemas import Upload

api = Api()


@api.get("/v1/uploads/<upload_id>", summary="Get an upload", tags=["uploads"], problems=(404,))
def get(upload_id: Id, user: UserId) -> Upload:
    return service.get(user, upload_id)


handler = api.handler
