"""GET /v1/images: the own pictures, newest first, with the thumbnails that the plan has."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from fragua.api import Api, Cursor, Limit, UserId
from fragua.images import service
from fragua.images.schemas import Format, ImagePage
from fragua.schemas import decode_cursor, encode_cursor

api = Api()


@api.get("/v1/images", summary="List images", tags=["images"])
def list_images(
    user: UserId,
    kind: Annotated[Format, Query(alias="format")] = "webp",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ImagePage:
    items, following = service.page(user, limit, decode_cursor(cursor), kind)
    return ImagePage(items=items, next_cursor=encode_cursor(following))


handler = api.handler
