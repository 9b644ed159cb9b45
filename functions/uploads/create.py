"""POST /v1/uploads: begin a batch of uploads, all or none."""

from fragua.api import Api, CurrentCaller
from fragua.uploads import service
from fragua.uploads.schemas import CreatedUploads, NewUploads

api = Api()


@api.post(
    "/v1/uploads", status=201, summary="Begin uploads", tags=["uploads"], problems=(400, 413, 415)
)
def create(body: NewUploads, caller: CurrentCaller) -> CreatedUploads:
    return CreatedUploads(uploads=service.create(caller.account, body.files))


handler = api.handler
