"""GET /v1/videos: the own videos, newest first."""

from fragua.api import Api, Cursor, Limit, UserId
from fragua.schemas import decode_cursor, encode_cursor
from fragua.videos import service
from fragua.videos.schemas import VideoPage

api = Api()


@api.get("/v1/videos", summary="List videos", tags=["videos"])
def list_videos(user: UserId, limit: Limit = 50, cursor: Cursor = None) -> VideoPage:
    items, following = service.page(user, limit, decode_cursor(cursor))
    return VideoPage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
