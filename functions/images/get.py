"""GET /v1/images/{file_id}: one picture, with the thumbnails that the plan has."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from fragua.api import Api, Id, UserId
from fragua.images import service
from fragua.images.schemas import Format, Image

api = Api()


@api.get("/v1/images/<file_id>", summary="Get an image", tags=["images"], problems=(404,))
def get(
    file_id: Id, user: UserId, kind: Annotated[Format, Query(alias="format")] = "webp"
) -> Image:
    return service.get(user, file_id, kind)


handler = api.handler
