"""DELETE /v1/buckets/{name}: remove an empty bucket."""

from fragua.api import Api, UserId
from fragua.buckets import service
from fragua.buckets.schemas import BucketName

api = Api()


@api.delete(
    "/v1/buckets/<name>",
    status=204,
    summary="Delete a bucket",
    tags=["buckets"],
    problems=(403, 404, 409),
)
def delete(name: BucketName, user: UserId) -> None:
    service.drop(user, name)


handler = api.handler
