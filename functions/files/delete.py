"""DELETE /v1/files/{file_id}: delete a file and its bytes."""

from fragua.api import Api, Id, UserId
from fragua.files import service

api = Api()


@api.delete(
    "/v1/files/<file_id>", status=204, summary="Delete a file", tags=["files"], problems=(404,)
)
def delete(file_id: Id, user: UserId) -> None:
    service.delete(user, file_id)


handler = api.handler
