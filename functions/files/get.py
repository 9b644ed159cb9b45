"""GET /v1/files/{file_id}: one file's metadata."""

from fragua.api import Api, Id, UserId
from fragua.files import service
from fragua.files.schemas import File

api = Api()


@api.get("/v1/files/<file_id>", summary="Get a file", tags=["files"], problems=(404,))
def get(file_id: Id, user: UserId) -> File:
    return service.get(user, file_id)


handler = api.handler
