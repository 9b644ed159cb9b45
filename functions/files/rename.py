"""PATCH /v1/files/{file_id}: give a file another name."""

from fragua.api import Api, Id, UserId
from fragua.files import service
from fragua.files.schemas import File, FileChange

api = Api()


@api.patch("/v1/files/<file_id>", summary="Rename a file", tags=["files"], problems=(400, 404, 415))
def rename(file_id: Id, body: FileChange, user: UserId) -> File:
    return service.rename(user, file_id, body.file_name)


handler = api.handler
