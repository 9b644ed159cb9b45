"""GET /v1/videos/{video_id}: one of the own videos."""

from fragua.api import Api, Id, UserId
from fragua.videos import service
from fragua.videos.schemas import Video

api = Api()


@api.get("/v1/videos/<video_id>", summary="Get a video", tags=["videos"], problems=(404,))
def get_video(video_id: Id, user: UserId) -> Video:
    return service.get(user, video_id)


handler = api.handler
