"""GET /v1/files/{file_id}/download: to the bytes, by redirect or as a URL."""

from aws_lambda_powertools.event_handler import Response

from fragua.api import Api, Id, UserId
from fragua.files import service
from fragua.files.schemas import Download

api = Api()


@api.get(
    "/v1/files/<file_id>/download",
    status=302,
    summary="Download a file",
    tags=["files"],
    problems=(403, 404),
    also={200: Download},
)
def download(
    file_id: Id, user: UserId, inline: bool = False, redirect: bool = True
) -> Response[Download | None]:
    found = service.download(user, file_id, inline=inline)
    if redirect:
        return Response(302, headers={"location": found.url})
    return Response(200, "application/json", found)


handler = api.handler
