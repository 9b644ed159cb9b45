"""POST /v1/videos/{video_id}/unpublish: out of the gallery, by its owner or an admin."""

from fragua.accounts import permissions
from fragua.api import Api, CurrentCaller, Id
from fragua.videos import service
from fragua.videos.schemas import Video

api = Api()


@api.post(
    "/v1/videos/<video_id>/unpublish",
    summary="Unpublish a video",
    tags=["videos"],
    problems=(404, 409),
)
def unpublish_video(video_id: Id, caller: CurrentCaller) -> Video:
    moderates = caller.account.role in permissions.ADMINS
    return service.unpublish(caller.account.user_id, video_id, moderates=moderates)


handler = api.handler
