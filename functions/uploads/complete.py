"""POST /v1/uploads/{upload_id}/complete: all is sent, make it a file."""

from aws_lambda_powertools.event_handler import Response

from fragua.api import Api, Id, UserId
from fragua.uploads import service
from fragua.uploads.schemas import Completion, Upload

api = Api()


@api.post(
    "/v1/uploads/<upload_id>/complete",
    status=202,
    summary="Complete an upload",
    tags=["uploads"],
    problems=(400, 404, 409, 410, 415),
    also={200: Upload},
)
def complete(upload_id: Id, user: UserId, body: Completion | None = None) -> Response[Upload]:
    upload = service.complete(user, upload_id, body.checksum if body else None)
    return Response(200 if upload.status == "ready" else 202, "application/json", upload)


handler = api.handler
