"""POST /v1/public/videos/{video_id}/vote: a member's one vote for somebody else's video."""

from fragua.api import Api, Id, Repeatable, UserId
from fragua.videos import gallery
from fragua.videos.schemas import Votes

api = Api()


@api.post(
    "/v1/public/videos/<video_id>/vote",
    status=201,
    summary="Vote for a video",
    tags=["videos"],
    repeatable=True,
    problems=(400, 403, 404, 409, 413, 415),
)
def vote(video_id: Id, user: UserId, once: Repeatable) -> Votes:
    return gallery.vote(user, video_id, once)


handler = api.handler
