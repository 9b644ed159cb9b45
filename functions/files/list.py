"""GET /v1/files: the own files, newest first."""

from pydantic import AwareDatetime

from fragua.api import Api, Cursor, Limit, Prefix, UserId
from fragua.files import service
from fragua.files.schemas import FilePage
from fragua.schemas import decode_cursor, encode_cursor

api = Api()


@api.get("/v1/files", summary="List files", tags=["files"])
def list_files(
    user: UserId,
    bucket: Prefix = None,
    name: Prefix = None,
    content_type: Prefix = None,
    created_after: AwareDatetime | None = None,
    created_before: AwareDatetime | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> FilePage:
    filters = service.Filters(bucket, name, content_type, created_after, created_before)
    items, following = service.page(user, filters, limit, decode_cursor(cursor))
    return FilePage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
