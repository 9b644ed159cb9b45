"""POST /v1/notifications/{notification_id}/read: mark a notification as read."""

from fragua.api import Api, Id, UserId
from fragua.notifications import service

api = Api()


@api.post(
    "/v1/notifications/<notification_id>/read",
    status=204,
    summary="Mark a notification as read",
    tags=["notifications"],
    problems=(404,),
)
def read_notification(notification_id: Id, user: UserId) -> None:
    service.mark_read(user, notification_id)


handler = api.handler
