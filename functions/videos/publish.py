"""POST /v1/videos/{video_id}/publish: everybody may watch it, members vote for it."""

from fragua.api import Api, Id, UserId
from fragua.videos import service
from fragua.videos.schemas import Video

api = Api()


@api.post(
    "/v1/videos/<video_id>/publish",
    summary="Publish a video",
    tags=["videos"],
    problems=(404, 409),
)
def publish_video(video_id: Id, user: UserId) -> Video:
    return service.publish(user, video_id)


handler = api.handler
