"""DELETE /v1/videos/{video_id}: the end of a video that is not public, and of its votes."""

from fragua.api import Api, Id, UserId
from fragua.videos import service

api = Api()


@api.delete(
    "/v1/videos/<video_id>",
    status=204,
    summary="Delete a video",
    tags=["videos"],
    problems=(404, 409),
)
def delete_video(video_id: Id, user: UserId) -> None:
    service.delete(user, video_id)


handler = api.handler
