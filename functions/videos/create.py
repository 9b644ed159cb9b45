"""POST /v1/videos: a finished file that a video is to be made of."""

from fragua.api import Api, Repeatable, UserId
from fragua.videos import service
from fragua.videos.schemas import NewVideo, Video

api = Api()


@api.post(
    "/v1/videos",
    status=202,
    summary="Submit a video",
    tags=["videos"],
    repeatable=True,
    problems=(400, 403, 409, 413, 415, 429),
)
def create_video(body: NewVideo, user: UserId, once: Repeatable) -> Video:
    return service.submit(user, body, once)


handler = api.handler
