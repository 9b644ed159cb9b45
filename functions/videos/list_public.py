"""GET /v1/public/videos: the gallery, newest first."""

from fragua.api import Api, Cursor, Limit, Prefix
from fragua.schemas import decode_cursor, encode_cursor
from fragua.videos import gallery
from fragua.videos.schemas import PublicVideoPage

api = Api()


@api.get("/v1/public/videos", summary="List public videos", tags=["videos"])
def list_public(city: Prefix = None, limit: Limit = 50, cursor: Cursor = None) -> PublicVideoPage:
    items, following = gallery.page(city, limit, decode_cursor(cursor))
    return PublicVideoPage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
