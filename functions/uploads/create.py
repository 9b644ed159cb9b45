"""POST /v1/uploads: begin a batch of uploads, all or none."""

from fragua.api import Api, CurrentCaller, Repeatable
from fragua.uploads import creation
from fragua.uploads.schemas import CreatedUploads, NewUploads

api = Api()


@api.post(
    "/v1/uploads",
    status=201,
    summary="Begin uploads",
    tags=["uploads"],
    repeatable=True,
    problems=(400, 409, 413, 415),
)
def create(body: NewUploads, caller: CurrentCaller, once: Repeatable) -> CreatedUploads:
    return CreatedUploads(uploads=creation.create(caller.account, body.files, once))


handler = api.handler
