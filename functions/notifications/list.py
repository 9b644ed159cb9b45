"""GET /v1/notifications: what other admins changed, newest first."""

from fragua.api import Api, Cursor, Limit, UserId
from fragua.notifications import service
from fragua.notifications.schemas import NotificationPage
from fragua.schemas import decode_cursor, encode_cursor

api = Api()


@api.get("/v1/notifications", summary="List notifications", tags=["notifications"])
def list_notifications(user: UserId, limit: Limit = 50, cursor: Cursor = None) -> NotificationPage:
    items, following = service.page(user, limit, decode_cursor(cursor))
    return NotificationPage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
