"""GET /v1/uploads: unfinished uploads, and those that ended within 7 days."""

from fragua.api import Api, Cursor, Limit, UserId
from fragua.schemas import decode_cursor, encode_cursor
from fragua.uploads import service
from fragua.uploads.schemas import UploadPage

api = Api()


@api.get("/v1/uploads", summary="List uploads", tags=["uploads"])
def list_uploads(user: UserId, limit: Limit = 50, cursor: Cursor = None) -> UploadPage:
    items, following = service.page(user, limit, decode_cursor(cursor))
    return UploadPage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
