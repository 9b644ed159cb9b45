"""DELETE /v1/public/videos/{video_id}/vote: the vote is taken back."""

from fragua.api import Api, Id, UserId
from fragua.videos import gallery

api = Api()


@api.delete(
    "/v1/public/videos/<video_id>/vote",
    status=204,
    summary="Withdraw a vote",
    tags=["videos"],
    problems=(404,),
)
def withdraw_vote(video_id: Id, user: UserId) -> None:
    gallery.withdraw(user, video_id)


handler = api.handler
