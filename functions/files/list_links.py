"""GET /v1/files/{file_id}/links: a file's links that were not revoked, without their tokens."""

from fragua.api import Api, Cursor, Id, Limit, UserId
from fragua.files import links
from fragua.files.schemas import LinkPage
from fragua.schemas import decode_cursor, encode_cursor

api = Api()


@api.get(
    "/v1/files/<file_id>/links", summary="List a file's links", tags=["files"], problems=(404,)
)
def list_links(file_id: Id, user: UserId, limit: Limit = 50, cursor: Cursor = None) -> LinkPage:
    items, following = links.page(user, file_id, limit, decode_cursor(cursor))
    return LinkPage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
