"""PUT /v1/uploads/{upload_id}/fragments/{number}: the bytes of one fragment, through the API."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header

from fragua.api import Api, Id, RawBody, UserId
from fragua.uploads import service
from fragua.uploads.fragments import MAX_RELAY
from fragua.uploads.rules import CRC32_HEADER
from fragua.uploads.schemas import Crc32, Number

api = Api()


@api.put(
    "/v1/uploads/<upload_id>/fragments/<number>",
    status=204,
    summary="Send a fragment",
    tags=["uploads"],
    takes="application/octet-stream",
    max_bytes=MAX_RELAY,
    problems=(404, 409, 410, 413, 415),
)
def put_fragment(
    upload_id: Id,
    number: Number,
    data: RawBody,
    user: UserId,
    crc32: Annotated[
        Crc32 | None, Header(alias=CRC32_HEADER, description="Base64 of 4 bytes.")
    ] = None,
) -> None:
    service.receive(user, upload_id, number, data, crc32)


handler = api.handler
