"""POST /v1/uploads/{upload_id}/fragments: fresh URLs for fragments."""

from fragua.api import Api, Id, UserId
from fragua.uploads import service
from fragua.uploads.schemas import Fragments, FragmentsWanted

api = Api()


@api.post(
    "/v1/uploads/<upload_id>/fragments",
    summary="Get fresh URLs for fragments",
    tags=["uploads"],
    problems=(400, 404, 409, 410, 415),
)
def presign(upload_id: Id, body: FragmentsWanted, user: UserId) -> Fragments:
    return Fragments(fragments=service.presign(user, upload_id, body.numbers, body.crc32))


handler = api.handler
