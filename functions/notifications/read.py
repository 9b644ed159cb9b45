"""POST /v1/notifications/{notification_id}/read: mark a notification as read."""

from uuid import UUID

from fragua.api import Api, UserId
from fragua.notifications import service

api = Api()


@api.post(
    "/v1/notifications/<notification_id>/read",
    status=204,
    summary="Mark a notification as read",
    tags=["notifications"],
    problems=(404,),
)
def read_notification(notification_id: UUID, user: UserId) -> None:
    service.mark_read(user, notification_id)


handler = api.handler
