"""HEAD /l/{token}: whether a link works, without a download being counted."""

from aws_lambda_powertools.event_handler import Response

from fragua import robots
from fragua.api import Api
from fragua.files import links
from fragua.files.schemas import Preview

api = Api()


@api.head(
    "/l/<token>",
    summary="Look at a temporary link",
    tags=["files"],
    problems=(404, 410),
)
def preview_link(token: str) -> Response[Preview]:
    return Response(200, "application/json", links.look(token), robots.UNLISTED)


handler = api.handler
