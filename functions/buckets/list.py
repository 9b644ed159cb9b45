"""GET /v1/buckets: the own buckets and the default one, newest first."""

from fragua.api import Api, Cursor, Limit, UserId
from fragua.buckets import service
from fragua.buckets.schemas import BucketPage
from fragua.schemas import decode_cursor, encode_cursor

api = Api()


@api.get("/v1/buckets", summary="List buckets", tags=["buckets"])
def list_buckets(user: UserId, limit: Limit = 50, cursor: Cursor = None) -> BucketPage:
    items, following = service.page(user, limit, decode_cursor(cursor))
    return BucketPage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
