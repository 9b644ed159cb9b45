"""GET /l/{token}: to the file, counted; robots that say so see what it is, and count nothing."""

from aws_lambda_powertools.event_handler import Response

from fragua import robots
from fragua.api import Api, UserAgent
from fragua.files import links
from fragua.files.schemas import Preview

api = Api()


@api.get(
    "/l/<token>",
    status=302,
    summary="Follow a temporary link",
    tags=["files"],
    problems=(404, 410),
    also={200: Preview},
)
def follow_link(token: str, user_agent: UserAgent = None) -> Response[Preview | None]:
    if robots.declared(user_agent):
        return Response(200, "application/json", links.look(token), robots.UNLISTED)
    return Response(302, headers={"location": links.follow(token).url, **robots.UNLISTED})


handler = api.handler
